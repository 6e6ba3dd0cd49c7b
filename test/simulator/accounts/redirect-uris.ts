/**
 * Which redirect URIs an app may register, and which a request may then name.
 * Source: developer.spotify.com, "Redirect URIs": https, or http to a loopback IP literal; never `localhost`; compared
 * to the letter, except that a loopback URI registered without a port allows any.
 */

/** The beginning, host and port, of an http URI that stays on this machine. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;

/** Why the dashboard would not register this URI; undefined if it would. */
export function registrationFault(uri: string): string | undefined {
  if (!URL.canParse(uri)) return "This redirect URI is not a URI.";
  const { protocol, hostname, hash, username, password } = new URL(uri);
  if (hostname === "localhost") return "localhost is not allowed as redirect URI.";
  // RFC 6749, 3.1.2.
  if (hash !== "" || uri.endsWith("#")) return "A redirect URI has no fragment.";
  if (username !== "" || password !== "") return "A redirect URI has no login.";
  if (protocol === "https:" || LOOPBACK.test(uri)) return undefined;
  return "This redirect URI is not secure.";
}

/** Whether an app that registered these URIs may name `uri` in a request. */
export function isRegistered(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true;
  // `uri` without its port is in the list, so it was registered without one: otherwise it would be equal.
  return LOOPBACK.test(uri) && registered.includes(uri.replace(LOOPBACK, "http://$1"));
}

/** The redirect URI with an answer in its query. */
export function withAnswer(uri: string, answer: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(answer)) if (value !== undefined) query.append(name, value);
  // By hand: a URL object would add a slash to a bare host, and clients compare exactly.
  return `${uri}${uri.includes("?") ? "&" : "?"}${query.toString()}`;
}
