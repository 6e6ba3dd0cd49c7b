import { getProxyForUrl } from "proxy-from-env";
import { SpotifyError } from "../core/errors";
import { percentDecoded } from "../core/percent-decoding";

/** An HTTP proxy that the environment names. */
export interface Proxy {
  /** Its address, without a login. */
  url: URL;
  /** The value of `Proxy-Authorization`, if its address holds a login. */
  authorization: string | undefined;
}

/**
 * The proxy for a URL, by the usual variables in small or capital letters: `https_proxy` or `http_proxy`, else
 * `all_proxy`, but none for the hosts in `no_proxy`. An address without a scheme is that of an http proxy, as curl
 * reads it.
 *
 * @throws SpotifyError INVALID_ARGUMENT for an address that no HTTP proxy has
 */
export function proxyFor(url: string): Proxy | undefined {
  const named = getProxyForUrl(url);
  if (named === "") return undefined;
  const address = parsed(isWritten(named, new URL(url).protocol) ? named : named.replace(/^\w+:/, "http:"));
  const authorization = authorizationOf(address);
  const bare = new URL(address.origin);
  return { url: bare, authorization };
}

/** Whether a variable holds exactly this. If the variable has no scheme, proxy-from-env adds that of the request. */
function isWritten(named: string, protocol: string): boolean {
  const names = [`${protocol.slice(0, -1)}_proxy`, "all_proxy"];
  return names.some((name) => [name, name.toUpperCase()].some((one) => process.env[one] === named));
}

function parsed(text: string): URL {
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    // Not quoted: it may hold a password.
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "The proxy that the environment names is not a URL. Write special characters of its password as %XX.",
    );
  }
  if (address.protocol !== "http:" && address.protocol !== "https:") {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The environment names a proxy of the kind ${address.protocol.slice(0, -1)}; an HTTP proxy is needed.`,
    );
  }
  return address;
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const login = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
