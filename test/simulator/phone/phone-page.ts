/** The page of a simulated phone: one file, without external resources. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpAnswer } from "../http";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

let html: string | undefined;

/** @param username owner of the phone, unless the page's address has `?account=…` */
export function phonePage(username: string): HttpAnswer {
  html ??= readFileSync(join(__dirname, "phone.html"), "utf8");
  const escaped = username.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return { status: 200, body: html.replace("<body>", `<body data-account="${escaped}">`), headers: HEADERS };
}
