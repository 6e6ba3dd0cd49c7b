/**
 * What is publicly known about client IDs and scopes, as data with its sources.
 *
 * This is the one place: validation, the choice of the `best` client ID, the editor and `docs/client-ids.md`
 * all read it, so that they cannot disagree. It imports nothing, because the editor bundles it.
 *
 * Knowledge warns and advises. It never stops a request: Spotify decides, and may decide otherwise tomorrow.
 */

/** The client IDs that librespot publishes. Source: librespot core/src/config.rs. */
export const CLIENT_IDS = {
  keymaster: "65b708073fc0480ea92a077233ca87bd",
  android: "9a8d2f0ce77a4e248bb71fefcb557637",
  ios: "58bd3c95768941ea9eb4350aaa033eb3",
} as const;

/** The name by which settings and messages call one of the three public client IDs. */
export type ClientIdName = keyof typeof CLIENT_IDS;

/**
 * The scopes of the Web API that Spotify documents. Source: librespot core/src/token.rs, "Known scopes".
 * Each has a sentence for people in `nodes/spotify-token/locales`.
 */
export const WEB_API_SCOPES = [
  "user-read-playback-state",
  "user-modify-playback-state",
  "user-read-currently-playing",
  "user-read-recently-played",
  "user-top-read",
  "user-read-playback-position",
  "playlist-read-private",
  "playlist-read-collaborative",
  "playlist-modify-private",
  "playlist-modify-public",
  "user-library-read",
  "user-library-modify",
  "user-follow-read",
  "user-follow-modify",
  "user-read-private",
  "user-read-email",
  "ugc-image-upload",
  "streaming",
  "app-remote-control",
] as const;

/** Where something was said in public, and when. */
export interface Report {
  /** As `repository#issue`, or as `repository:path` for a document. */
  source: string;
  /** The day on which it was said there, `YYYY-MM-DD`: what Spotify does may have changed since. */
  date: string;
}

/** Something that was reported in public of some scopes. */
export interface ScopeReport extends Report {
  scopes: readonly string[];
  /** The ones that the reporter tried, if the others are said to be the same. */
  tried?: readonly string[];
}

/** A refusal that was reported in public. */
export type ReportedRefusal = ScopeReport;

/** Where to read the reports, by their repository's short name. */
export const REPOSITORIES: Readonly<Record<string, string>> = {
  librespot: "https://github.com/librespot-org/librespot",
  "music-assistant": "https://github.com/music-assistant/server",
  ncspot: "https://github.com/hrkfdn/ncspot",
  spotcast: "https://github.com/fondberg/spotcast",
  "spotify-player": "https://github.com/aome510/spotify-player",
};

/**
 * Scopes that only the desktop client ID is reported to have; an own app that asks for one is refused as a
 * whole. Source: librespot's OAuth scope list; music-assistant#4182 for the refusal.
 */
export const DESKTOP_ONLY_SCOPES = [
  "playlist-modify",
  "playlist-read",
  "user-modify",
  "user-modify-private",
  "user-personalized",
  "user-read-birthdate",
  "user-read-play-history",
] as const;

/** The refusal of desktop-only scopes for apps of users. */
export const DESKTOP_ONLY_REPORT: ScopeReport = {
  scopes: DESKTOP_ONLY_SCOPES,
  tried: ["playlist-read", "user-modify", "user-modify-private"],
  source: "music-assistant#4182",
  date: "2026-06-11",
};

/** The five scopes of librespot#1331, which home automation needs. */
const PLAYER_SCOPES: readonly string[] = [
  "user-top-read",
  "user-read-recently-played",
  "user-read-playback-state",
  "user-modify-playback-state",
  "user-read-currently-playing",
];

/** Keymaster's `Invalid scope` (400, code 3), as reported for each public client ID. */
export const REPORTED_REFUSALS: Readonly<Record<string, readonly ScopeReport[]>> = {
  [CLIENT_IDS.android]: [{ scopes: PLAYER_SCOPES, source: "librespot#1331", date: "2024-09-08" }],
};

const PLAYER_GRANT: ScopeReport = {
  scopes: PLAYER_SCOPES,
  tried: ["user-read-playback-state"],
  source: "librespot#1331",
  date: "2024-09-22",
};

/** Scopes that were reported to be granted by keymaster, for each public client ID. */
export const REPORTED_GRANTS: Readonly<Record<string, readonly ScopeReport[]>> = {
  [CLIENT_IDS.keymaster]: [PLAYER_GRANT],
  [CLIENT_IDS.ios]: [PLAYER_GRANT],
};

/** Whole accounts that keymaster refuses (403, code 4), whatever the scopes and the client ID. */
export const KEYMASTER_REFUSAL_REPORT: Report = { source: "librespot#1532", date: "2025-08-12" };

/**
 * The Web API refuses tokens of Spotify's desktop app, whatever minted them (keymaster, login5 or OAuth, so pairing too).
 * Every call answers 429 from the first one on, and goes on doing so when `Retry-After` is over: a block in the form of
 * a rate limit. Spotify's own services still take these tokens.
 */
export const WEB_API_BLOCK: {
  readonly clientIds: readonly string[];
  /** The first day, `YYYY-MM-DD`. */
  readonly since: string;
  readonly reports: readonly Report[];
  /** Spotify's own client IDs of which no report says whether the Web API takes them. */
  readonly notReported: readonly string[];
} = {
  clientIds: [CLIENT_IDS.keymaster],
  since: "2025-12-22",
  reports: [
    { source: "spotcast#593", date: "2025-12-25" },
    { source: "spotcast#598", date: "2025-12-27" },
    { source: "ncspot#1757", date: "2026-01-30" },
    { source: "ncspot#1772", date: "2026-01-30" },
    { source: "spotify-player#890", date: "2026-02-06" },
    { source: "Mincka/spotcast:docs/architecture.md", date: "2026-07-23" },
  ],
  notReported: [CLIENT_IDS.android, CLIENT_IDS.ios],
};

/** Whether the Web API is reported to refuse every token of this client ID. */
export function webApiRefuses(clientId: string): boolean {
  return WEB_API_BLOCK.clientIds.includes(clientId);
}

/** Whether this is one of Spotify's own three client IDs, and not that of a user's app. */
export function isSpotifysOwn(clientId: string): boolean {
  return clientIdName(clientId) !== undefined;
}

const REFUSED_SCOPES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(REPORTED_REFUSALS).map(([clientId, refusals]) => [
    clientId,
    new Set(refusals.flatMap((refusal) => refusal.scopes)),
  ]),
);

const DESKTOP_ONLY: ReadonlySet<string> = new Set(DESKTOP_ONLY_SCOPES);

/**
 * Those of `scopes` that `clientId` is reported to be refused, in the order given: by a report of its own, or because
 * only the desktop client ID has them.
 */
export function reportedlyRefused(clientId: string, scopes: readonly string[]): string[] {
  const refused = REFUSED_SCOPES.get(clientId);
  const isDesktop = clientId === CLIENT_IDS.keymaster;
  return scopes.filter((scope) => refused?.has(scope) || (!isDesktop && DESKTOP_ONLY.has(scope)));
}

/**
 * The public client ID to name when another one may not have these scopes: one that is reported to be refused
 * none of them, keymaster first because the most is known of it.
 * @returns its name, or undefined if every public client ID is reported to be refused.
 */
export function publicClientIdFor(scopes: readonly string[]): ClientIdName | undefined {
  const order: readonly ClientIdName[] = ["keymaster", "ios", "android"];
  return order.find((name) => reportedlyRefused(CLIENT_IDS[name], scopes).length === 0);
}

/** The short name of a public client ID, or undefined for any other. */
export function clientIdName(clientId: string): ClientIdName | undefined {
  return (Object.keys(CLIENT_IDS) as ClientIdName[]).find((name) => CLIENT_IDS[name] === clientId);
}
