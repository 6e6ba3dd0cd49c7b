import { isIP } from "node:net";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request comes from a web page. Spotify's apps are not web pages, and a page that is open in a browser on the
 * LAN must not sign a session in or out.
 *
 * A browser sends the page's origin with every POST, and with every GET to another origin. If a page points its own host
 * name at this machine (DNS rebinding), its GETs have no origin, but `Host` holds that name. An app has the address from
 * mDNS, so its `Host` is an IP address or a name in `.local`.
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
