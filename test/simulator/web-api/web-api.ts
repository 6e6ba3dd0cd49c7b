/**
 * The player part of the Web API, https://api.spotify.com/v1, with the answers a flow meets there.
 * Sources: developer.spotify.com, Web API reference (paths, scopes, shapes); the errors are those that users
 * quote in public.
 */
import type { Account, IssuedToken } from "../world/accounts";
import type { Backend } from "../backend";
import { struck } from "../faults";
import { quotaExceeded } from "./rate-limits";
import type { HttpAnswer, HttpRequest } from "../http";
import { TRACKS } from "../world/player";
import { deviceObject, playing, trackObject } from "./web-api-objects";

/** A request whose token is good. */
interface Call {
  account: Account;
  token: IssuedToken;
  query: URLSearchParams;
  body: string;
}

interface Route {
  /** One of these is enough; none: any token will do. */
  scopes: readonly string[];
  /** Changes what plays: for premium accounts, on an active device. */
  isCommand?: boolean;
  answer(call: Call): HttpAnswer;
}

const COMMAND = { scopes: ["user-modify-playback-state"], isCommand: true };
/**
 * A block in the form of a rate limit: `Retry-After` runs out, and the calls go on failing. Sources: spotcast#593,
 * librespot-python#328 (the body), go-librespot#282; since December 2025.
 */
const NO_TOKEN_FOR_THIS: HttpAnswer = {
  ...refusal(429, "API rate limit exceeded"),
  headers: { "retry-after": "1" },
};
const NO_CONTENT: HttpAnswer = { status: 204 };
/** The sentence is quoted everywhere (spotipy#1233), its wrapping nowhere: as text, which fits what clients print. */
const OWNER_WITHOUT_PREMIUM: HttpAnswer = {
  status: 403,
  body:
    "Active premium subscription required for the owner of the app. When the subscription status changes, " +
    "it can take a few hours before requests are allowed again.",
  headers: { "content-type": "text/plain; charset=utf-8" },
};

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/me": { scopes: [], answer: me },
  "GET /v1/me/player": { scopes: ["user-read-playback-state"], answer: player },
  "GET /v1/me/player/currently-playing": {
    scopes: ["user-read-currently-playing", "user-read-playback-state"],
    answer: currentlyPlaying,
  },
  "GET /v1/me/player/devices": { scopes: ["user-read-playback-state"], answer: devices },
  "GET /v1/me/player/recently-played": { scopes: ["user-read-recently-played"], answer: recentlyPlayed },
  "GET /v1/me/top/tracks": { scopes: ["user-top-read"], answer: topTracks },
  "PUT /v1/me/player/play": { ...COMMAND, answer: play },
  "PUT /v1/me/player/pause": { ...COMMAND, answer: ({ account }) => done(() => account.player.pause()) },
  "PUT /v1/me/player/seek": { ...COMMAND, answer: seek },
  "PUT /v1/me/player/volume": { ...COMMAND, answer: volume },
  "POST /v1/me/player/next": { ...COMMAND, answer: ({ account }) => done(() => account.player.next()) },
  "POST /v1/me/player/previous": {
    ...COMMAND,
    answer: ({ account }) => done(() => account.player.previous()),
  },
};

export class WebApi {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  answer(request: HttpRequest): HttpAnswer {
    const answer = this.#fault() ?? this.#decide(request);
    const { journal } = this.#backend;
    const record = { method: request.method, path: request.url.pathname, status: answer.status };
    journal.record(journal.stats.webApiRequests, record);
    journal.happened("webApi", record);
    return answer;
  }

  #fault(): HttpAnswer | undefined {
    const { faults } = this.#backend;
    const retryAfter = struck(faults, "webApiRateLimited");
    if (retryAfter !== undefined) {
      return { ...refusal(429, "API rate limit exceeded"), headers: { "retry-after": String(retryAfter) } };
    }
    const quota = struck(faults, "webApiQuota");
    if (quota !== undefined) return quotaExceeded(quota);
    const status = struck(faults, "webApiStatus");
    if (status === undefined) return undefined;
    // A spurious 401 or 403 looks like an honest one, which is what makes it a nuisance.
    const messages: Record<number, string> = {
      401: "Invalid access token",
      403: "Insufficient client scope",
      500: "Server error.",
      502: "Bad gateway.",
      503: "Service unavailable",
    };
    return refusal(status, messages[status] ?? "Simulated failure");
  }

  #decide(request: HttpRequest): HttpAnswer {
    const token = this.#token(request.headers.authorization);
    if ("status" in token) return token;
    const account = this.#backend.accounts.get(token.username);
    if (account === undefined) return refusal(401, "Invalid access token");
    if (this.#backend.apps.get(token.clientId)?.owner?.premium === false) return OWNER_WITHOUT_PREMIUM;
    const route = ROUTES[`${request.method} ${request.url.pathname}`];
    if (route === undefined) return refusal(404, "Service not found");
    if (route.scopes.length > 0 && !route.scopes.some((scope) => token.scopes.includes(scope))) {
      return refusal(403, "Insufficient client scope");
    }
    const call = { account, token, query: request.url.searchParams, body: request.body };
    return this.#commandRefusal(route, call) ?? route.answer(call);
  }

  /** The token of an Authorization header, or the 401 that it deserves. */
  #token(authorization: string | undefined): IssuedToken | HttpAnswer {
    if (authorization === undefined) return refusal(401, "No token provided");
    const [, accessToken] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (accessToken === undefined) return refusal(400, "Only valid bearer authentication supported");
    if (this.#backend.accounts.isOfLogin5(accessToken)) return NO_TOKEN_FOR_THIS;
    const token = this.#backend.accounts.findToken(accessToken);
    if (token === undefined) return refusal(401, "Invalid access token");
    if (token.expiresAt <= Date.now()) return refusal(401, "The access token expired");
    return this.#backend.policy.webApi.refusedClientIds.includes(token.clientId) ? NO_TOKEN_FOR_THIS : token;
  }

  #commandRefusal({ isCommand }: Route, { account, query }: Call): HttpAnswer | undefined {
    if (isCommand !== true) return undefined;
    if (!account.premium && this.#backend.policy.webApi.commandsNeedPremium) {
      return refusal(403, "Player command failed: Premium required", "PREMIUM_REQUIRED");
    }
    const deviceId = query.get("device_id");
    if (deviceId !== null && !account.player.activate(deviceId)) return refusal(404, "Device not found");
    if (account.player.state() === undefined) {
      return refusal(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE");
    }
    return undefined;
  }
}

function refusal(status: number, message: string, reason?: string): HttpAnswer {
  return { status, body: { error: { status, message, ...(reason !== undefined && { reason }) } } };
}

function done(action: () => void): HttpAnswer {
  action();
  return NO_CONTENT;
}

function me({ account, token }: Call): HttpAnswer {
  const { username } = account;
  const mayReadPrivate = token.scopes.includes("user-read-private");
  const mayReadEmail = token.scopes.includes("user-read-email");
  return {
    status: 200,
    body: {
      display_name: username,
      external_urls: { spotify: `https://open.spotify.com/user/${username}` },
      followers: { href: null, total: 0 },
      href: `https://api.spotify.com/v1/users/${username}`,
      id: username,
      images: [],
      type: "user",
      uri: `spotify:user:${username}`,
      ...(mayReadPrivate && { country: "SE", product: account.premium ? "premium" : "free" }),
      ...(mayReadEmail && { email: `${username}@example.invalid` }),
    },
  };
}

function player({ account }: Call): HttpAnswer {
  const state = account.player.state();
  if (state === undefined) return NO_CONTENT;
  return {
    status: 200,
    body: {
      device: deviceObject(state.device, true),
      shuffle_state: false,
      smart_shuffle: false,
      repeat_state: "context",
      ...playing(state),
    },
  };
}

function currentlyPlaying({ account }: Call): HttpAnswer {
  const state = account.player.state();
  return state === undefined ? NO_CONTENT : { status: 200, body: playing(state) };
}

function devices({ account }: Call): HttpAnswer {
  const active = account.player.state()?.device;
  return {
    status: 200,
    body: { devices: account.player.devices.map((device) => deviceObject(device, device === active)) },
  };
}

function recentlyPlayed({ account, query }: Call): HttpAnswer {
  const limit = limitOf(query);
  if (limit === undefined) return refusal(400, "Invalid limit");
  const items = account.player.recentlyPlayed().slice(0, limit);
  return {
    status: 200,
    body: {
      href: `https://api.spotify.com/v1/me/player/recently-played?limit=${limit}`,
      items: items.map(({ track, playedAt }) => ({
        track: trackObject(track),
        played_at: new Date(playedAt).toISOString(),
        context: null,
      })),
      limit,
      next: null,
      cursors: null,
    },
  };
}

function topTracks({ query }: Call): HttpAnswer {
  const limit = limitOf(query);
  if (limit === undefined) return refusal(400, "Invalid limit");
  return {
    status: 200,
    body: {
      href: `https://api.spotify.com/v1/me/top/tracks?limit=${limit}`,
      items: TRACKS.slice(0, limit).map(trackObject),
      limit,
      offset: 0,
      total: TRACKS.length,
      next: null,
      previous: null,
    },
  };
}

function play({ account, body }: Call): HttpAnswer {
  const wanted = body.trim() === "" ? {} : parseObject(body);
  if (wanted === undefined) return refusal(400, "Malformed json");
  const uris: unknown = wanted["uris"];
  const first: unknown = Array.isArray(uris) ? uris[0] : undefined;
  const trackId = typeof first === "string" ? first.replace(/^spotify:track:/, "") : undefined;
  if (!account.player.play(trackId)) return refusal(404, "Resource not found");
  const position: unknown = wanted["position_ms"];
  if (typeof position === "number" && position >= 0) account.player.seek(position);
  return NO_CONTENT;
}

function seek({ account, query }: Call): HttpAnswer {
  const position = wholeNumber(query.get("position_ms"));
  if (position === undefined) return refusal(400, "Missing required field: position_ms");
  return done(() => account.player.seek(position));
}

function volume({ account, query }: Call): HttpAnswer {
  const percent = wholeNumber(query.get("volume_percent"));
  if (percent === undefined) return refusal(400, "Missing required field: volume_percent");
  if (percent > 100) return refusal(400, "Invalid volume_percent");
  return done(() => account.player.setVolume(percent));
}

function limitOf(query: URLSearchParams): number | undefined {
  const limit = wholeNumber(query.get("limit") ?? "20");
  return limit !== undefined && limit >= 1 && limit <= 50 ? limit : undefined;
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
