import { SpotifyError } from "./errors";

/** Base URLs of Spotify's services, without a trailing slash. What is absent is Spotify's own. */
export interface Endpoints {
  /** Asked `/?type=accesspoint&type=dealer&type=spclient`. */
  apResolve: string;
  /** Serves `/authorize`, `/api/token`, `/oauth2/device/authorize`. */
  accounts: string;
  /** Serves `/v1/…`. */
  api: string;
  /** Serves `/v3/login`. */
  login5: string;
  /** Serves `/v1/clienttoken`. */
  clientToken: string;
  /** Spotify's own services; undefined: one that the resolver names, over TLS. */
  spclient: string | undefined;
  /** Serves `/oembed`: titles and pictures, without a token. */
  open: string;
  /** Where the WebSocket of pushed messages is (wss); undefined: one that the resolver names, over TLS. */
  dealer: string | undefined;
}

/** Sources: librespot core/src/apresolve.rs, login5.rs, spclient.rs. */
export const SPOTIFY_ENDPOINTS: Endpoints = {
  apResolve: "https://apresolve.spotify.com",
  accounts: "https://accounts.spotify.com",
  api: "https://api.spotify.com",
  login5: "https://login5.spotify.com",
  clientToken: "https://clienttoken.spotify.com",
  open: "https://open.spotify.com",
  spclient: undefined,
  dealer: undefined,
};

/** Where servers are when no resolver answers. Source: librespot core/src/apresolve.rs, fallback. */
export const FALLBACK_SERVERS = {
  accessPoints: ["ap.spotify.com:443"],
  dealers: ["dealer.spotify.com:443"],
  spclients: ["spclient.wg.spotify.com:443"],
} as const;

/** The only spclient that answers `/metadata/4/…`. Others answer 500. Source: librespot issue 1527. */
export const METADATA_SERVER = "https://spclient.wg.spotify.com";

/**
 * Spotify's endpoints, with those of `overrides` in their place.
 * @throws SpotifyError INVALID_ARGUMENT for an unknown name, a text that is no URL, or plain http (ws) to
 *   anything but this machine
 */
export function resolveEndpoints(overrides: Readonly<Record<string, unknown>> = {}): Endpoints {
  const endpoints = { ...SPOTIFY_ENDPOINTS };
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(SPOTIFY_ENDPOINTS, name)) {
      throw new SpotifyError("INVALID_ARGUMENT", `There is no endpoint named "${name}".`);
    }
    endpoints[name as keyof Endpoints] = checkedBase(name, value);
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
