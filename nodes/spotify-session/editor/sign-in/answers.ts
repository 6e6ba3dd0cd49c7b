/** What Node-RED answers about signing in, and how it says that something failed. Pure. */
import { isRecord } from "../../../shared/editor/record";

/** Why a request failed, as far as the dialog acts on it. */
export interface Failure {
  kind: "notDeployed" | "notAllowed" | "noAnswer" | "refused";
  code: string;
  /** A sentence for the user, in English; empty where only the kind is known. */
  message: string;
  /** What the dialog has a text of its own for, beside the code. */
  reason?: string;
  /** What that text is filled in with. */
  values?: Record<string, string | number>;
}

export interface Pairing {
  id: string;
  userCode: string;
  /** The address of the page on which the user types the code. */
  verificationUri: string;
  /** The same with the code in it. */
  completeUri: string;
  expiresAt: number;
}

export interface Authorization {
  id: string;
  /** What the browser is to open. */
  url: string;
  expiresAt: number;
}

export interface Progress {
  state: "waiting" | "done" | "failed";
  username: string | undefined;
  failure: Failure | undefined;
}

export interface Imported {
  username: string | undefined;
  form: string;
}

/** @param status of the HTTP answer; 0 if there was no answer */
export function readFailure(status: number, body: unknown): Failure {
  const error = errorOf(body);
  const { code, message } = error;
  if (status === 404) return { kind: "notDeployed", code, message };
  // Node-RED's own refusal has no reason; ours is for a page of another site.
  if (status === 401 || (status === 403 && error.reason === undefined))
    return { kind: "notAllowed", code, message };
  // A proxy's error page, or nothing: Node-RED itself says what is wrong.
  if (message === "") return { kind: "noAnswer", code: "", message: "" };
  return { kind: "refused", ...error };
}

export function readPairing(body: unknown): Pairing | undefined {
  if (!isRecord(body)) return undefined;
  const { id, userCode, verificationUri, verificationUriComplete, expiresAt } = body;
  if (!isText(id) || !isText(userCode) || !isWebAddress(verificationUri) || typeof expiresAt !== "number") {
    return undefined;
  }
  const completeUri = isWebAddress(verificationUriComplete) ? verificationUriComplete : verificationUri;
  return { id, userCode, verificationUri, completeUri, expiresAt };
}

export function readAuthorization(body: unknown): Authorization | undefined {
  if (!isRecord(body)) return undefined;
  const { id, url, expiresAt } = body;
  if (!isText(id) || !isWebAddress(url) || typeof expiresAt !== "number") return undefined;
  return { id, url, expiresAt };
}

export function readProgress(body: unknown): Progress | undefined {
  if (!isRecord(body)) return undefined;
  const { state, username, error } = body;
  if (state !== "waiting" && state !== "done" && state !== "failed") return undefined;
  return {
    state,
    username: isText(username) ? username : undefined,
    failure: state === "failed" ? { kind: "refused", ...errorOf({ error }) } : undefined,
  };
}

export function readImported(body: unknown): Imported {
  const { username, form } = isRecord(body) ? body : {};
  return { username: isText(username) ? username : undefined, form: isText(form) ? form : "" };
}

/** The error in an answer. */
export function errorOf(body: unknown): Omit<Failure, "kind"> {
  const error = isRecord(body) ? body["error"] : undefined;
  const { code, message, reason, values } = isRecord(error) ? error : {};
  return {
    code: isText(code) ? code : "",
    message: isText(message) ? message : "",
    ...(isText(reason) && { reason }),
    ...(isRecord(values) && { values: textsAndNumbers(values) }),
  };
}

function textsAndNumbers(values: Record<string, unknown>): Record<string, string | number> {
  const kept = Object.entries(values).filter(([, value]) => ["string", "number"].includes(typeof value));
  return Object.fromEntries(kept) as Record<string, string | number>;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whether it may become a link: what else an address may begin with could run in this page. */
function isWebAddress(value: unknown): value is string {
  return isText(value) && /^https?:\/\/[^\s]+$/i.test(value);
}
