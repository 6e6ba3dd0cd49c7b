/** Where Spotify is to send the browser back to, seen from where the editor is open. Pure. */

/** The part of a browser's `location` that matters here. */
export interface EditorLocation {
  /** `https:` or `http:` */
  protocol: string;
  /** Without the port; an IPv6 address in brackets. */
  hostname: string;
  /** Empty for the protocol's default port. */
  port: string;
  pathname: string;
}

/**
 * - `comesBack`: the browser reaches Node-RED there by itself;
 * - `localhost`: it does, but with another host name than the editor's, so that Node-RED cannot tell that it is the
 *   same browser;
 * - `paste`: that address is the browser's own machine, on which Node-RED does not run.
 */
export type RedirectKind = "comesBack" | "localhost" | "paste";

export interface RedirectAddress {
  kind: RedirectKind;
  address: string;
  /** Where the editor would have to be opened for the browser to come back by itself; only of `localhost`. */
  editor: string | undefined;
}

const CALLBACK = "spotify-session/callback";
/** Of Node-RED, where the editor's address has none because a proxy is in front of it. */
const USUAL_PORT = "1880";
/** Spotify accepts plain http on these two and nowhere else, and never the name `localhost`. */
const LOOPBACK = new Set(["127.0.0.1", "[::1]"]);

export function redirectAddress({ protocol, hostname, port, pathname }: EditorLocation): RedirectAddress {
  const base = pathname.slice(0, pathname.lastIndexOf("/") + 1) || "/";
  const at = (scheme: string, host: string, number: string): string =>
    `${scheme}//${host}${number === "" ? "" : `:${number}`}${base}`;
  if (hostname === "localhost") {
    const editor = at(protocol, "127.0.0.1", port);
    return { kind: "localhost", address: editor + CALLBACK, editor };
  }
  if (protocol === "https:" || LOOPBACK.has(hostname)) {
    return { kind: "comesBack", address: at(protocol, hostname, port) + CALLBACK, editor: undefined };
  }
  return {
    kind: "paste",
    address: at("http:", "127.0.0.1", port || USUAL_PORT) + CALLBACK,
    editor: undefined,
  };
}
