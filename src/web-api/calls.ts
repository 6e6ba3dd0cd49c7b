/**
 * The calls of the Web API, as data with its sources. It imports nothing, because the editor bundles it.
 *
 * Knowledge advises. It never stops a request: Spotify decides, and may decide otherwise tomorrow.
 */

export type CallMethod = "GET" | "POST" | "PUT" | "DELETE";

/** Why a call is no longer there for apps in development mode, which all apps of home users are. */
export interface Gone {
  /** The first day, `YYYY-MM-DD`. */
  since: string;
  /** What takes its place, as `GET /playlists/{playlist_id}/items`. */
  instead?: string;
}

/** One call of the Web API. */
export interface Call {
  method: CallMethod;
  /** Without `/v1`, and with Spotify's names in braces for what varies: `/playlists/{playlist_id}/items`. */
  path: string;
  /** The scopes without which Spotify always refuses it. */
  scopes: readonly string[];
  /** The scopes that it needs for some things only, such as private playlists. */
  scopesForSome?: readonly string[];
  /** The largest `limit`, if the answer comes in pages. */
  longestPage?: number;
  /** The parameters that belong into its query; those that it cannot do without come first, with `*`. */
  query?: readonly string[];
  /** What the body is, if it is not JSON. */
  body?: "jpeg";
  gone?: Gone;
}

/** Where this was read, and when. */
export const CALLS_SOURCES = [
  { source: "https://developer.spotify.com/documentation/web-api", date: "2026-11-26" },
  {
    source: "https://developer.spotify.com/documentation/web-api/references/changes/february-2026",
    date: "2026-11-26",
  },
  {
    source: "https://developer.spotify.com/blog/2024-11-27-changes-to-the-web-api",
    date: "2026-11-26",
  },
] as const;

type Extra = Omit<Call, "method" | "path" | "scopes">;

function call(
  method: CallMethod,
  path: string,
  scopes: string | readonly string[] = [],
  extra: Extra = {},
): Call {
  return { method, path, scopes: typeof scopes === "string" ? [scopes] : scopes, ...extra };
}

/** Removed for all apps in development mode on this day. */
const FEBRUARY_2026 = "2026-03-09";
/** Removed for apps that were made after this day. */
const NOVEMBER_2024 = "2024-11-27";

function gone(method: CallMethod, path: string, instead?: string, since = FEBRUARY_2026): Call {
  return call(method, path, [], { gone: { since, ...(instead !== undefined && { instead }) } });
}

const PAGE = ["limit", "offset"] as const;
const SHOW_PLAYBACK = "user-read-playback-state";
const CONTROL = "user-modify-playback-state";
const CHANGE_PLAYLISTS = { scopesForSome: ["playlist-modify-public", "playlist-modify-private"] } as const;
const ANY_URIS = {
  query: ["*uris"],
  scopesForSome: ["user-follow-modify", "playlist-modify-public"],
} as const;

/** In the order in which they are offered. */
export const CALLS: readonly Call[] = [
  // Playlists
  call("GET", "/me/playlists", "playlist-read-private", {
    longestPage: 50,
    query: PAGE,
    scopesForSome: ["playlist-read-collaborative"],
  }),
  call("GET", "/playlists/{playlist_id}", [], {
    query: ["market", "fields", "additional_types"],
    scopesForSome: ["playlist-read-private", "playlist-read-collaborative"],
  }),
  call("GET", "/playlists/{playlist_id}/items", "playlist-read-private", {
    longestPage: 50,
    query: ["market", "fields", "additional_types", ...PAGE],
    scopesForSome: ["playlist-read-collaborative"],
  }),
  call("POST", "/playlists/{playlist_id}/items", [], CHANGE_PLAYLISTS),
  call("PUT", "/playlists/{playlist_id}/items", [], CHANGE_PLAYLISTS),
  call("DELETE", "/playlists/{playlist_id}/items", [], CHANGE_PLAYLISTS),
  call("POST", "/me/playlists", [], CHANGE_PLAYLISTS),
  call("PUT", "/playlists/{playlist_id}", [], CHANGE_PLAYLISTS),
  call("GET", "/playlists/{playlist_id}/images"),
  call("PUT", "/playlists/{playlist_id}/images", "ugc-image-upload", { ...CHANGE_PLAYLISTS, body: "jpeg" }),

  // The library
  call("GET", "/me/tracks", "user-library-read", { longestPage: 50, query: ["market", ...PAGE] }),
  call("GET", "/me/albums", "user-library-read", { longestPage: 50, query: ["market", ...PAGE] }),
  call("GET", "/me/shows", "user-library-read", { longestPage: 50, query: PAGE }),
  call("GET", "/me/episodes", "user-library-read", {
    longestPage: 50,
    query: ["market", ...PAGE],
    scopesForSome: ["user-read-playback-position"],
  }),
  call("GET", "/me/audiobooks", "user-library-read", { longestPage: 50, query: PAGE }),
  call("PUT", "/me/library", "user-library-modify", ANY_URIS),
  call("DELETE", "/me/library", "user-library-modify", ANY_URIS),
  call("GET", "/me/library/contains", "user-library-read", {
    query: ["*uris"],
    scopesForSome: ["user-follow-read", "playlist-read-private"],
  }),
  call("GET", "/me/following", "user-follow-read", { longestPage: 50, query: ["*type", "after", "limit"] }),

  // Search and the account
  call("GET", "/search", [], {
    longestPage: 10,
    query: ["*q", "*type", "market", ...PAGE, "include_external"],
  }),
  call("GET", "/me", [], { scopesForSome: ["user-read-private", "user-read-email"] }),
  call("GET", "/me/top/{type}", "user-top-read", { longestPage: 50, query: ["time_range", ...PAGE] }),
  call("GET", "/me/player/recently-played", "user-read-recently-played", {
    longestPage: 50,
    query: ["limit", "after", "before"],
  }),

  // The player
  call("GET", "/me/player", SHOW_PLAYBACK, { query: ["market", "additional_types"] }),
  call("GET", "/me/player/currently-playing", "user-read-currently-playing", {
    query: ["market", "additional_types"],
  }),
  call("GET", "/me/player/devices", SHOW_PLAYBACK),
  call("GET", "/me/player/queue", "user-read-currently-playing", { scopesForSome: [SHOW_PLAYBACK] }),
  call("POST", "/me/player/queue", CONTROL, { query: ["*uri", "device_id"] }),
  call("PUT", "/me/player", CONTROL),
  call("PUT", "/me/player/play", CONTROL, { query: ["device_id"] }),
  call("PUT", "/me/player/pause", CONTROL, { query: ["device_id"] }),
  call("POST", "/me/player/next", CONTROL, { query: ["device_id"] }),
  call("POST", "/me/player/previous", CONTROL, { query: ["device_id"] }),
  call("PUT", "/me/player/seek", CONTROL, { query: ["*position_ms", "device_id"] }),
  call("PUT", "/me/player/volume", CONTROL, { query: ["*volume_percent", "device_id"] }),
  call("PUT", "/me/player/shuffle", CONTROL, { query: ["*state", "device_id"] }),
  call("PUT", "/me/player/repeat", CONTROL, { query: ["*state", "device_id"] }),

  // The catalogue
  call("GET", "/tracks/{id}", [], { query: ["market"] }),
  call("GET", "/albums/{id}", [], { query: ["market"] }),
  call("GET", "/albums/{id}/tracks", [], { longestPage: 50, query: ["market", ...PAGE] }),
  call("GET", "/artists/{id}"),
  // At most ten since February 2026, which the reference does not say. Source: spotipy#1231 and #1236.
  call("GET", "/artists/{id}/albums", [], { longestPage: 10, query: ["include_groups", "market", ...PAGE] }),
  call("GET", "/shows/{id}", [], { query: ["market"], scopesForSome: ["user-read-playback-position"] }),
  call("GET", "/shows/{id}/episodes", [], {
    longestPage: 50,
    query: ["market", ...PAGE],
    scopesForSome: ["user-read-playback-position"],
  }),
  call("GET", "/episodes/{id}", [], { query: ["market"], scopesForSome: ["user-read-playback-position"] }),
  call("GET", "/audiobooks/{id}", [], { query: ["market"] }),
  call("GET", "/audiobooks/{id}/chapters", [], { longestPage: 50, query: ["market", ...PAGE] }),
  call("GET", "/chapters/{id}", [], { query: ["market"] }),

  // What is gone
  gone("GET", "/playlists/{playlist_id}/tracks", "GET /playlists/{playlist_id}/items"),
  gone("POST", "/playlists/{playlist_id}/tracks", "POST /playlists/{playlist_id}/items"),
  gone("PUT", "/playlists/{playlist_id}/tracks", "PUT /playlists/{playlist_id}/items"),
  gone("DELETE", "/playlists/{playlist_id}/tracks", "DELETE /playlists/{playlist_id}/items"),
  gone("PUT", "/playlists/{playlist_id}/followers", "PUT /me/library"),
  gone("DELETE", "/playlists/{playlist_id}/followers", "DELETE /me/library"),
  gone("GET", "/playlists/{playlist_id}/followers/contains", "GET /me/library/contains"),
  ...["tracks", "albums", "shows", "episodes", "audiobooks"].flatMap((kind) => [
    gone("PUT", `/me/${kind}`, "PUT /me/library"),
    gone("DELETE", `/me/${kind}`, "DELETE /me/library"),
    gone("GET", `/me/${kind}/contains`, "GET /me/library/contains"),
  ]),
  gone("PUT", "/me/following", "PUT /me/library"),
  gone("DELETE", "/me/following", "DELETE /me/library"),
  gone("GET", "/me/following/contains", "GET /me/library/contains"),
  gone("GET", "/users/{user_id}", "GET /me"),
  gone("GET", "/users/{user_id}/playlists", "GET /me/playlists"),
  gone("POST", "/users/{user_id}/playlists", "POST /me/playlists"),
  ...["tracks", "albums", "artists", "shows", "episodes", "audiobooks", "chapters"].map((kind) =>
    gone("GET", `/${kind}`, `GET /${kind}/{id}`),
  ),
  gone("GET", "/artists/{id}/top-tracks"),
  gone("GET", "/markets"),
  gone("GET", "/browse/new-releases"),
  gone("GET", "/browse/categories"),
  gone("GET", "/browse/categories/{category_id}"),
  gone("GET", "/browse/categories/{category_id}/playlists", undefined, NOVEMBER_2024),
  gone("GET", "/browse/featured-playlists", undefined, NOVEMBER_2024),
  gone("GET", "/artists/{id}/related-artists", undefined, NOVEMBER_2024),
  gone("GET", "/recommendations", undefined, NOVEMBER_2024),
  gone("GET", "/recommendations/available-genre-seeds", undefined, NOVEMBER_2024),
  gone("GET", "/audio-features", undefined, NOVEMBER_2024),
  gone("GET", "/audio-features/{id}", undefined, NOVEMBER_2024),
  gone("GET", "/audio-analysis/{id}", undefined, NOVEMBER_2024),
];
