import type { IncomingHttpHeaders } from "node:http";
import type { DescribedError } from "./described-error";

/** Longer addresses are cut in messages. */
const MAX_SHOWN = 100;

/**
 * Why a request is not from the editor but from a page of another site; undefined if nothing says so.
 *
 * Node-RED lets every site use its admin API (`Access-Control-Allow-Origin: *`, with any header), so a page that a user
 * has open could sign an account out. Browsers say in `Sec-Fetch-Site` whether the page is from the same address, but only
 * over https and on localhost. Otherwise the page's own address, `Origin`, must be the one that Node-RED is asked at. A page
 * can set neither header. It can set `X-Forwarded-Host`, so that header is not read. A program that is not a browser sends
 * neither, and may do what its user may.
 */
export function whyForeign({
  "sec-fetch-site": site,
  origin,
  host = "",
}: IncomingHttpHeaders): DescribedError | undefined {
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return undefined;
    const message =
      "A page of another site asked for this, so Node-RED did not do it. Use the editor of this Node-RED.";
    return { code: "INVALID_ARGUMENT", message, reason: "otherSite" };
  }
  if (origin === undefined || isAt(origin, host)) return undefined;
  const values = { origin: origin.slice(0, MAX_SHOWN), host: host.slice(0, MAX_SHOWN) };
  const message =
    `This was asked by a page of ${values.origin}, but Node-RED was reached as ${values.host}, so Node-RED did not do it. ` +
    "If there is a reverse proxy in front of Node-RED, have it pass on the host name and the port that the browser uses " +
    "(in nginx: proxy_set_header Host $http_host;), or use https.";
  return { code: "INVALID_ARGUMENT", message, reason: "otherHost", values };
}

/** Whether a page of this origin is from this host. A usual port may be left out. */
function isAt(origin: string, host: string): boolean {
  // A page without an address of its own has the origin `null`.
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const asked = `${page.protocol}//${host}`;
  return page.host !== "" && URL.canParse(asked) && new URL(asked).host === page.host;
}
