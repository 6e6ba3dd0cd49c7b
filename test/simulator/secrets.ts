/** What passed at the accounts service that only a client may know: tests look for it elsewhere. */
import type { HttpAnswer, HttpRequest } from "./http";
import { bodyOf } from "./oauth";

const IN_FORMS = ["code", "code_verifier", "refresh_token", "device_code"];
const IN_ANSWERS = ["access_token", "refresh_token", "device_code"];

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
