/** The pages that a browser sees at accounts.spotify.com, in a simple form: no script, no external resource. */
import type { HttpAnswer } from "../http";

/** What the user is asked to agree to. */
export interface Consent {
  /** The form's target. */
  action: string;
  /** Proves that the form came from this page. */
  nonce: string;
  /** Name of the app or device. */
  app: string;
  username: string;
  scopes: readonly string[];
}

/**
 * No `form-action`: browsers apply it to the redirect that follows a form as well, and that leads to the client.
 * Frames are refused by the real pages, too.
 */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
};

/** The words are Spotify's: "Agree" and "Cancel". */
export function consentPage({ action, nonce, app, username, scopes }: Consent): HttpAnswer {
  const items = scopes.map((scope) => `<li><code>${escape(scope)}</code></li>`);
  return page(200, `Connect ${app}`, [
    `<p>Logged in as <strong id="account">${escape(username)}</strong>.</p>`,
    `<p>${escape(app)} will be able to:</p>`,
    `<ul id="scopes">${items.join("")}</ul>`,
    `<form method="post" action="${escape(action)}">`,
    `<input type="hidden" name="nonce" value="${escape(nonce)}">`,
    '<button id="agree" name="decision" value="agree">Agree</button>',
    '<button id="cancel" name="decision" value="cancel">Cancel</button>',
    "</form>",
  ]);
}

/** The page on which a user types a code. */
export function codePage(): HttpAnswer {
  return page(200, "Pair a device", [
    '<form method="get" action="/pair">',
    '<label>Code <input id="code" name="code" autocomplete="off" required></label>',
    '<button id="continue">Continue</button>',
    "</form>",
  ]);
}

export function messagePage(status: number, message: string): HttpAnswer {
  return page(status, message, []);
}

function page(status: number, title: string, content: readonly string[]): HttpAnswer {
  const html = [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>`,
    "<style>body{font:1rem/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}</style></head>",
    `<body><h1>${escape(title)}</h1>`,
    ...content,
    "<p><small>This is a simulator, not Spotify.</small></p></body></html>",
  ];
  return { status, body: html.join("\n"), headers: HEADERS };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
