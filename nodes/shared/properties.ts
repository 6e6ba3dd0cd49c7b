import { SpotifyError } from "../../src/core/errors";

type Stored = Readonly<Record<string, unknown>>;

/**
 * A property that holds a text, without spaces around it.
 * @throws SpotifyError INVALID_ARGUMENT if it holds something else, for example a number from an environment variable
 */
export function textProperty(stored: object, name: string, fallback = ""): string {
  const value = (stored as Stored)[name] ?? fallback;
  if (typeof value !== "string") throw wrongType(name, value, "a text");
  return value.trim();
}

/**
 * A property that is on or off; an environment variable gives it as a text.
 * @throws SpotifyError INVALID_ARGUMENT if it is neither
 */
export function flagProperty(stored: object, name: string, fallback: boolean): boolean {
  const value = (stored as Stored)[name] ?? fallback;
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  if (text === "") return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw wrongType(name, value, "true or false");
}

/**
 * A property that holds a number; an environment variable gives it as a text.
 * @throws SpotifyError INVALID_ARGUMENT if it holds something else
 */
export function numberProperty(stored: object, name: string, fallback: number): number {
  const value = (stored as Stored)[name] ?? fallback;
  if (typeof value === "string" && value.trim() === "") return fallback;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw wrongType(name, value, "a number");
}

/** Says what a property holds and what it must hold. Never quotes it: it may be a secret that is in the wrong place. */
export function wrongType(name: string, value: unknown, wanted: string): SpotifyError {
  const kind = Array.isArray(value) ? "a list" : (KINDS[typeof value] ?? "something else");
  return new SpotifyError("INVALID_ARGUMENT", `The property "${name}" is ${kind}: it must be ${wanted}.`);
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  object: "an object",
};
