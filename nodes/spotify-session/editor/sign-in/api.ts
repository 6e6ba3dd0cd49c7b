/** Asks Node-RED, as the logged-in user: addresses are relative, or Node-RED would not send who asks. */
import { type Failure, readFailure } from "./answers";
import { serverTime } from "./countdown";

export type Result =
  | {
      ok: true;
      body: unknown;
      /** By Node-RED's clock, ms since the epoch. */
      serverNow: number | undefined;
    }
  | { ok: false; failure: Failure };

/** @param path below the session's own; without a slash in front. Never rejects. */
export type Ask = (method: "GET" | "POST" | "DELETE", path: string, body?: object) => Promise<Result>;

/** @param life ends with the dialog; later answers are ignored. */
export function adminApi(nodeId: string, life: AbortSignal): Ask {
  return (method, path, body) =>
    new Promise((resolve) => {
      const settle = (result: Result): void => {
        if (!life.aborted) resolve(result);
      };
      const request = $.ajax({
        url: `spotify-session/${encodeURIComponent(nodeId)}/${path}`,
        method,
        cache: false,
        // Read here, as an answer may be empty.
        dataType: "text",
        ...(body !== undefined && { contentType: "application/json", data: JSON.stringify(body) }),
      });
      request
        .done((text: unknown) => {
          const serverNow = serverTime(request.getResponseHeader("Date"));
          settle({ ok: true, body: parse(text), serverNow });
        })
        .fail(() => {
          settle({ ok: false, failure: readFailure(request.status, parse(request.responseText)) });
        });
    });
}

function parse(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
