/** Asks Node-RED, as the logged-in user: addresses are relative, or Node-RED would not send who asks. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { type Failure, readFailure } from "./answers";
import { serverTime } from "./countdown";

declare const RED: EditorRED;

export type Result =
  | {
      ok: true;
      body: unknown;
      /** By Node-RED's clock, ms since the epoch. */
      serverNow: number | undefined;
    }
  | { ok: false; failure: Failure };

/**
 * @param path below the session's own; without a slash in front. Never rejects.
 * @param tooLate is given an answer that comes after the end of the dialog
 */
export type Ask = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
  tooLate?: (body: unknown) => void,
) => Promise<Result>;

/** @param life ends with the dialog; later answers are ignored. */
export function adminApi(nodeId: string, life: AbortSignal): Ask {
  return (method, path, body, tooLate) =>
    new Promise((resolve) => {
      const settle = (result: Result): void => {
        if (!life.aborted) resolve(result);
        else if (result.ok) tooLate?.(result.body);
      };
      const request = $.ajax({
        url: urlOf(nodeId, path),
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

/** Deletes what is below the session's own path, also while the browser leaves the page, which ends other requests. */
export function deleteOnLeaving(nodeId: string, path: string): void {
  const tokens: unknown = RED.settings.get("auth-tokens", undefined);
  const { access_token: token } = (tokens ?? {}) as { access_token?: unknown };
  const headers: HeadersInit = typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
  fetch(urlOf(nodeId, path), { method: "DELETE", keepalive: true, headers }).catch(() => undefined);
}

function urlOf(nodeId: string, path: string): string {
  return `spotify-session/${encodeURIComponent(nodeId)}/${path}`;
}

function parse(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
