import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { allSignInServices } from "./sign-in-services";
import type { SessionSettings } from "./settings";

/** The cookie that binds a callback to the browser that began the sign-in; one for each attempt. */
export const COOKIE = "spotify-session-";

/** `elsewhere`: not finished here, but by pasting this page's address it can be. */
type Outcome = "done" | "failed" | "elsewhere";

/**
 * The page to which Spotify sends the browser back. It needs no permission, because a browser that comes from another site
 * does not send one. The state and the cookie of the browser that began the sign-in are checked instead.
 *
 * The address holds a code. If the code was used, the browser is redirected to an address without a code; otherwise the
 * address stays, so that the user can copy it into the dialog.
 */
export function serveCallback(RED: NodeAPI<SessionSettings>): void {
  RED.httpAdmin.get("/spotify-session/callback", (request, response) => {
    comeBack(request).then(
      (outcome) => {
        if (outcome === "elsewhere") show(RED, response, outcome);
        else response.redirect(303, `callback/${outcome}`);
      },
      () => response.redirect(303, "callback/failed"),
    );
  });
  RED.httpAdmin.get("/spotify-session/callback/:outcome", (request, response) => {
    show(RED, response, request.params["outcome"] === "done" ? "done" : "failed");
  });
}

async function comeBack(request: Request): Promise<Outcome> {
  const address = new URL(request.originalUrl, "http://127.0.0.1").href;
  const attempt = allSignInServices()
    .flatMap(({ authorizations }) => authorizations.all())
    .find((candidate) => candidate.matches(address));
  const isOwn = attempt?.isOf(cookieOf(request, COOKIE + attempt.id)) === true;
  // Another browser, another name of this machine, or another Node-RED than the one that began.
  if (!attempt || !isOwn) return request.query["code"] === undefined ? "failed" : "elsewhere";
  // A state works once.
  if (attempt.state.state !== "waiting") return "failed";
  return (await attempt.finish(address)).state === "done" ? "done" : "failed";
}

/** Not decoded: our cookies need no decoding, and decoding a foreign one may fail. */
function cookieOf(request: Request, wanted: string): string {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = part.split("=", 2);
    if (name?.trim() === wanted && value) return value.trim();
  }
  return "";
}

function show(RED: NodeAPI<SessionSettings>, response: Response, outcome: Outcome): void {
  response.set({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
  });
  const text = (part: string): string => RED._(`spotify-session.callback.${part}.${outcome}`);
  response.send(page(text("title"), text("text")));
}

/** A page that says one thing, in light and dark. */
function page(title: string, text: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escape(title)}</title><style>
body{font:1.1em/1.5 system-ui,sans-serif;margin:20vh auto 0;max-width:30em;padding:0 1.5em;text-align:center}
</style></head><body><h1>${escape(title)}</h1><p>${escape(text)}</p></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
