import type { KeymasterState } from "./refusal-memory";

/** What was stored of keymaster, or undefined if it is malformed. */
export function parseKeymasterState(value: unknown): KeymasterState | undefined {
  const { serves, since } = (value ?? {}) as Partial<KeymasterState>;
  return typeof serves === "boolean" && typeof since === "number" ? { serves, since } : undefined;
}
