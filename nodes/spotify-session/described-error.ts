// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/core/errors";
import { TooManySignIns } from "./too-many-sign-ins";

/** An error as the editor receives it. The dialog has its own text for a reason, or else for a code. */
export interface DescribedError {
  code: string;
  message: string;
  /** More than the code tells. */
  reason?: string;
  /** What the text of the reason or the code is filled in with. */
  values?: Record<string, string | number>;
}

export function describe(cause: unknown): DescribedError {
  if (cause instanceof SpotifyError) {
    const { code, message } = cause;
    return { code, message, ...detailsOf(cause) };
  }
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return { code: "TIMEOUT", message: "Spotify did not answer in time." };
  }
  return { code: "PROTOCOL_ERROR", message: "Node-RED met an unexpected error." };
}

/** Read by their fields, because their classes would load the library. */
function detailsOf(error: SpotifyError): Pick<DescribedError, "reason" | "values"> {
  if (error instanceof TooManySignIns) {
    return { reason: "tooManySignIns", values: { minutes: error.minutes } };
  }
  const {
    retryAfter,
    username,
    known,
    error: refusal,
    lacks,
  } = error as SpotifyError & {
    username?: string;
    known?: string;
    error?: string;
    lacks?: string;
  };
  if (username !== undefined && known !== undefined) {
    return { reason: "anotherAccount", values: { username, known } };
  }
  if (refusal === "access_denied") return { reason: "cancelled" };
  if (refusal === "expired_token") return { reason: "codeExpired" };
  if (lacks === "refresh_token") return { reason: "noRefreshToken" };
  if (retryAfter !== undefined) return { values: { minutes: Math.ceil(retryAfter / 60) } };
  return {};
}
