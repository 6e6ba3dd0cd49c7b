/** The forms and errors of OAuth's endpoints for programs. Source: RFC 6749, 3.2, 5.1 and 5.2. */
import type { HttpAnswer, HttpRequest } from "../http";

const HEADERS = { "cache-control": "no-store", pragma: "no-cache" };

/** A refusal, as JSON with the fields `error` and `error_description`. */
export class OAuthError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/** The parameters of a request. */
export class Parameters {
  readonly #values: URLSearchParams;

  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  /** A parameter without a value counts as omitted: RFC 6749, 3.1. */
  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === null || value === "" ? undefined : value;
  }

  /** @throws OAuthError if it is absent */
  need(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw new OAuthError("invalid_request", `${name} must be supplied`);
    return value;
  }

  /** The requested scopes, each once. OAuth separates them with spaces. */
  get scopes(): string[] {
    const names = (this.get("scope") ?? "").split(" ").filter((name) => name !== "");
    return [...new Set(names)];
  }

  /** A parameter that occurs twice, which RFC 6749, 3.1, forbids. */
  get repeated(): string | undefined {
    const names = [...this.#values.keys()];
    return names.find((name, index) => names.indexOf(name) !== index);
  }
}

/** The fields of a request's body, regardless of its content type. */
export function bodyOf(request: HttpRequest): Parameters {
  return new Parameters(new URLSearchParams(request.body));
}

/** @throws OAuthError if the body is not a form, or an ambiguous one */
export function formOf(request: HttpRequest): Parameters {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded");
  }
  // Public clients have no secret; a request that does not match the client's registration fails: RFC 6749, 5.2.
  if (request.headers.authorization !== undefined) {
    throw new OAuthError("invalid_client", "Invalid client secret", 401);
  }
  const form = bodyOf(request);
  if (form.repeated !== undefined) {
    throw new OAuthError("invalid_request", `${form.repeated} must be supplied once`);
  }
  return form;
}

export function oauthAnswer(body: object): HttpAnswer {
  return { status: 200, body, headers: HEADERS };
}

export function oauthRefusal({ code, message, status }: OAuthError): HttpAnswer {
  const challenge = status === 401 ? { "www-authenticate": 'Basic realm="spotify"' } : {};
  return {
    status,
    body: { error: code, error_description: message },
    headers: { ...HEADERS, ...challenge },
  };
}
