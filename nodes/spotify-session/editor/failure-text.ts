/** What to say of an error, in the language of the dialog. Pure. */
import type { Translate } from "../../shared/editor/translate";

export interface ToldError {
  code: string;
  /** Node-RED's own sentence, in English. */
  message: string;
  reason?: string;
  values?: Record<string, string | number>;
}

const REASONS: ReadonlySet<string> = new Set([
  "anotherAccount",
  "cancelled",
  "codeExpired",
  "foreignAddress",
  "noRefreshToken",
  "otherHost",
  "otherSite",
  "tooManySignIns",
]);
/** The others have many causes, and only the sentence says which. */
const CODES: ReadonlySet<string> = new Set([
  "INVALID_SCOPE",
  "REQUEST_REFUSED",
  "INVALID_CLIENT",
  "SIGN_IN_EXPIRED",
  "BAD_CREDENTIALS",
  "PREMIUM_REQUIRED",
  "TRAVEL_RESTRICTION",
  "UNREACHABLE",
  "TIMEOUT",
  "UNTRUSTED_SERVER",
  "PROTOCOL_ERROR",
  "NOT_SIGNED_IN",
  "CLOSED",
]);

export function failureText({ code, message, reason, values }: ToldError, translate: Translate): string {
  if (reason !== undefined && REASONS.has(reason)) return translate(`failure.reason.${reason}`, values);
  if (code === "RATE_LIMITED" && typeof values?.["minutes"] === "number") {
    return translate("failure.wait", values);
  }
  return CODES.has(code) ? translate(`failure.code.${code}`) : message;
}
