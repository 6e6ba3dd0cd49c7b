/** Data that only a client may know: tests search for it in other places. */
import { BoundedMap } from "./bounded-map";
import type { HttpAnswer, HttpRequest } from "./http";
import { bodyOf } from "./accounts/oauth";

const MAX_SECRETS = 10_000;

/** Secrets from services whose answers only clients see, used or not. */
export class Secrets {
  readonly #known = new BoundedMap<string, true>(MAX_SECRETS);

  /** Bytes are kept as base64, the form of credentials. */
  keep(...secrets: readonly (string | Uint8Array)[]): void {
    for (const secret of secrets) {
      const text = typeof secret === "string" ? secret : Buffer.from(secret).toString("base64");
      if (text !== "") this.#known.set(text, true);
    }
  }

  /** Oldest first. */
  all(): string[] {
    return [...this.#known.keys()];
  }
}

const IN_FORMS = ["code", "code_verifier", "refresh_token", "device_code"];
const IN_ANSWERS = ["access_token", "refresh_token", "device_code"];

/** Secrets of the accounts service. */
export function secretsIn(request: HttpRequest, { body, headers }: HttpAnswer): string[] {
  const form = bodyOf(request);
  const location = headers?.["location"];
  return [
    ...IN_FORMS.map((name) => form.get(name)),
    ...(request.url.pathname.startsWith("/authorize") && typeof location === "string"
      ? [new URL(location).searchParams.get("code")]
      : []),
    ...IN_ANSWERS.map((name) => fieldsOf(body)[name]),
  ].filter((value): value is string => typeof value === "string" && value !== "");
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}
