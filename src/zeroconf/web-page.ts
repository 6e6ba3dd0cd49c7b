import { isIP } from "node:net";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request comes out of a web page. Spotify's apps are no web pages; and a page from anywhere must not sign a
 * session in or out because a browser in the same house has it open.
 *
 * A browser names the page's origin with every POST, and with every GET whose answer the page may read from another
 * origin. Where a page has made its own name point at this machine (DNS rebinding), its GETs name no origin, but that
 * name: an app, which has the address from mDNS, asks for an address or a name in `.local`.
 */
export function isFromWebPage(headers: IncomingHttpHeaders): boolean {
  if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) return true;
  return headers.host !== undefined && !isLocalName(hostname(headers.host));
}

/** `host` without its port. */
function hostname(host: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(host);
  return bracketed ? bracketed[1]! : host.replace(/:\d*$/, "");
}

function isLocalName(name: string): boolean {
  // A link-local IPv6 address may name its interface.
  if (isIP(name.replace(/%.*$/, "")) !== 0) return true;
  const withoutRoot = name.toLowerCase().replace(/\.$/, "");
  return !withoutRoot.includes(".") || withoutRoot.endsWith(".local");
}
