import { SpotifyError } from "./errors";

/** Base URLs of Spotify's services, without a trailing slash. What is absent is Spotify's own. */
export interface Endpoints {
  /** Asked `/?type=accesspoint&type=dealer&type=spclient`. */
  apResolve: string;
  /** Serves `/authorize`, `/api/token`, `/oauth2/device/authorize`. */
  accounts: string;
  /** Serves `/v1/…`. */
  api: string;
}

/** Source: librespot core/src/apresolve.rs. */
export const SPOTIFY_ENDPOINTS: Endpoints = {
  apResolve: "https://apresolve.spotify.com",
  accounts: "https://accounts.spotify.com",
  api: "https://api.spotify.com",
};

/** Where an access point is when no resolver answers. Source: librespot core/src/apresolve.rs, fallback. */
export const FALLBACK_ACCESS_POINTS: readonly string[] = ["ap.spotify.com:443"];

/**
 * Names that settings may hold and that later releases read. Known here, so that a settings file written for
 * one of them is no error.
 */
const RESERVED_NAMES = new Set(["login5", "clientToken", "spclient", "dealer"]);

/**
 * Spotify's endpoints, with those of `overrides` in their place.
 * @throws SpotifyError INVALID_ARGUMENT for an unknown name, a text that is no URL, or plain http (ws) to
 *   anything but this machine
 */
export function resolveEndpoints(overrides: Readonly<Record<string, unknown>> = {}): Endpoints {
  const endpoints = { ...SPOTIFY_ENDPOINTS };
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const isUsed = Object.hasOwn(SPOTIFY_ENDPOINTS, name);
    if (!isUsed && !RESERVED_NAMES.has(name)) {
      throw new SpotifyError("INVALID_ARGUMENT", `There is no endpoint named "${name}".`);
    }
    const base = checkedBase(name, value);
    if (isUsed) endpoints[name as keyof Endpoints] = base;
  }
  return endpoints;
}

function checkedBase(name: string, value: unknown): string {
  let url: URL;
  try {
    url = new URL(value as string);
  } catch {
    // No cause: it quotes the text, which may hold a login.
    throw new SpotifyError("INVALID_ARGUMENT", `The endpoint "${name}" is not a URL.`);
  }
  const encrypted = url.protocol === "https:" || url.protocol === "wss:";
  const plain = url.protocol === "http:" || url.protocol === "ws:";
  if (!encrypted && !(plain && isLoopback(url.hostname))) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The endpoint "${name}" must be https (wss); plain http (ws) is for this machine's own addresses only.`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The endpoint "${name}" must be a base URL without login or query.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
