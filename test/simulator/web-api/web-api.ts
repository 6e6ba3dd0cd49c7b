/**
 * The Web API, https://api.spotify.com/v1, for apps in development mode. Its playback comes from the account's
 * cluster.
 * Sources: developer.spotify.com, Web API reference (paths, scopes, shapes); the errors are quoted
 * publicly by users.
 */
import type { Account, IssuedToken } from "../world/accounts";
import type { Timers } from "../timers";
import { carryOut, newAckId } from "../world/carry-out";
import type { SimulatedDevice } from "../world/devices";
import type { PlaybackView } from "../world/playback-view";
import type { Backend } from "../backend";
import type { Member } from "../connect-state/cluster";
import type { Clusters } from "../connect-state/clusters";
import { struck } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import type { Call, Route } from "./call";
import { CATALOGUE_ROUTES } from "./catalogue-routes";
import { GONE_CALLS } from "./gone-calls";
import { memberCommand } from "./member-commands";
import { COMMANDS, namedDevice, volumePercent, type Command } from "./player-commands";
import { PLAYER_ROUTES } from "./player-routes";
import { PLAYLIST_ROUTES } from "./playlist-routes";
import { quotaExceeded, rateLimited } from "./rate-limits";
import { refusal, violation } from "./refusal";
import { RouteTable } from "./route-table";
import { SAVED_ROUTES } from "./saved-routes";
import { LIBRARY_ROUTES } from "./library-routes";
import { oddAnswer } from "./odd-answers";

const KINDS: Readonly<Record<string, "volume" | "transfer">> = {
  "PUT /v1/me/player": "transfer",
  "PUT /v1/me/player/volume": "volume",
};
const COMMAND_SCOPES = ["user-modify-playback-state"];
const LACKS_SCOPE = refusal(403, "Insufficient client scope");
const PLAIN_TEXT = { "content-type": "text/plain; charset=utf-8" };
/**
 * A block in the form of a rate limit: `Retry-After` passes, and the calls still fail. Sources: spotcast#593,
 * librespot-python#328 (the body), go-librespot#282; since December 2025.
 */
const NO_TOKEN_FOR_THIS: HttpAnswer = {
  ...refusal(429, "API rate limit exceeded"),
  headers: { "retry-after": "1" },
};
/** The sentence is often quoted (spotipy#1233), but not its format: as text, which fits what clients print. */
const OWNER_WITHOUT_PREMIUM: HttpAnswer = {
  status: 403,
  body:
    "Active premium subscription required for the owner of the app. When the subscription status changes, " +
    "it can take a few hours before requests are allowed again.",
  headers: PLAIN_TEXT,
};

const ME: Route = { scopes: [], answer: me };
const ROUTES = new RouteTable({
  ...GONE_CALLS,
  "GET /v1/me": ME,
  // As spotipy spells it (client.py, `me`).
  "GET /v1/me/": ME,
  ...PLAYER_ROUTES,
  ...LIBRARY_ROUTES,
  ...SAVED_ROUTES,
  ...PLAYLIST_ROUTES,
  ...CATALOGUE_ROUTES,
});

export class WebApi {
  readonly #backend: Backend;
  readonly #clusters: Clusters;
  readonly #timers: Timers;
  /** The playback before the last command, for as long as the Web API reports it. */
  readonly #stale = new WeakMap<Account, { view: PlaybackView; until: number }>();

  constructor(backend: Backend, clusters: Clusters, timers: Timers) {
    this.#backend = backend;
    this.#clusters = clusters;
    this.#timers = timers;
  }

  answer(request: HttpRequest): HttpAnswer {
    const { journal, faults } = this.#backend;
    const answer = this.#fault() ?? oddAnswer(this.#decide(request), faults);
    const { pathname: path, search: query } = request.url;
    const record = { method: request.method, path, query, status: answer.status };
    journal.record(journal.stats.webApiRequests, record);
    journal.happened("webApi", record);
    const delay = struck(faults, "webApiSlow");
    return delay === undefined ? answer : { ...answer, delay: (answer.delay ?? 0) + delay };
  }

  #fault(): HttpAnswer | undefined {
    const { faults } = this.#backend;
    const retryAfter = struck(faults, "webApiRateLimited");
    if (retryAfter !== undefined) return rateLimited(retryAfter);
    const exact = struck(faults, "webApiAnswer");
    if (exact !== undefined) return exact;
    const quota = struck(faults, "webApiQuota");
    if (quota !== undefined) return quotaExceeded(quota);
    const spurious = struck(faults, "webApiSpurious");
    if (spurious === 401) return refusal(401, "Access token missing");
    if (spurious === 403) return refusal(403, "Premium required", "PREMIUM_REQUIRED");
    const status = struck(faults, "webApiStatus");
    if (status === undefined) return undefined;
    // A spurious 401 or 403 looks like a real one.
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
    const { pathname: path, searchParams: query } = request.url;
    const name = `${request.method} ${path}`;
    const { route, params = [] } = ROUTES.find(request.method, path) ?? {};
    const command = COMMANDS[name];
    if (route === undefined && command === undefined) return refusal(404, "Service not found");
    const scopes = route?.scopes ?? COMMAND_SCOPES;
    if (scopes.length > 0 && !scopes.some((scope) => token.scopes.includes(scope))) return LACKS_SCOPE;
    const { body, headers } = request;
    const contentType = headers["content-type"] ?? "";
    const cluster = this.#clusters.of(account);
    const staleView = this.#staleView(account);
    const call: Call = { account, token, path, params, query, contentType, body, cluster, staleView };
    if (command === undefined) return route!.answer(call);
    this.#keepView(account);
    return this.#command(name, command, call);
  }

  /** For a while after a command it reports the earlier state (home-assistant/core#129607). */
  #staleView(account: Account): PlaybackView | undefined {
    const { view, until = 0 } = this.#stale.get(account) ?? {};
    return until > Date.now() ? view : undefined;
  }

  #keepView(account: Account): void {
    const { staleFor } = this.#backend.policy.webApi;
    if (staleFor === 0) return;
    const view = this.#staleView(account) ?? this.#clusters.of(account).view;
    const kept = { ...view, device: view.device && { ...view.device } };
    this.#stale.set(account, { view: kept, until: Date.now() + staleFor });
  }

  /** The token of an Authorization header, or the 401 for its refusal. */
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

  /** For premium accounts, on the named device or otherwise on the active one. */
  #command(name: string, command: Command, call: Call): HttpAnswer {
    const { account, cluster } = call;
    if (!account.premium && this.#backend.policy.webApi.commandsNeedPremium) {
      return refusal(403, "Player command failed: Premium required", "PREMIUM_REQUIRED");
    }
    const { playback } = account;
    const id = namedDevice(call);
    const member = cluster.find(id ?? cluster.activeDeviceId);
    if (member !== undefined) return this.#handOn(name, member, call);
    const device = playback.devices.find((one) => one.id === id && isKnown(one));
    if (id !== undefined && device === undefined) return refusal(404, "Device not found");
    if (id === undefined && cluster.activeDeviceId === "") {
      return refusal(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE");
    }
    if ((device ?? playback.active)?.isRestricted === true) {
      return refusal(403, "Player command failed: Restricted device", "UNKNOWN");
    }
    const target = device ?? playback.active;
    if (target === undefined) return refusal(404, "Device not found");
    return carryOut<HttpAnswer>({
      device: target,
      playback,
      timers: this.#timers,
      kind: KINDS[name] ?? "player",
      act: (ackId) => {
        let trouble: HttpAnswer | undefined;
        playback.carryOut(ackId, () => (trouble = command({ call, playback, device })));
        return trouble;
      },
      done: (ackId) => this.#success(ackId),
      gone: refusal(404, "Device not found"),
      serverError: refusal(502, "Bad gateway."),
      declined: () => violation(),
      lost: { status: 0, drop: true },
    });
  }

  /** To a device that has registered itself. */
  #handOn(name: string, member: Member, call: Call): HttpAnswer {
    const ackId = newAckId();
    if (name === "PUT /v1/me/player/volume") {
      const percent = volumePercent(call, member.info.capabilities?.disableVolume === true);
      if (typeof percent !== "number") return percent;
      this.#clusters.setVolume(member, percent);
      return this.#success(ackId);
    }
    const command = memberCommand(name, call);
    if (command === undefined) return refusal(400, "Missing required field: device_ids");
    // The device receives the command, and the answer does not wait for its reply.
    this.#clusters.command(call.account, member, command, "", ackId).catch(() => {});
    return this.#success(ackId);
  }

  #success(ackId: string): HttpAnswer {
    const isText = this.#backend.policy.webApi.success === "text";
    return isText ? { status: 200, body: ackId, headers: PLAIN_TEXT } : { status: 204 };
  }
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

function isKnown({ isOnline, onlineSince, conduct }: SimulatedDevice): boolean {
  return (
    isOnline && (onlineSince === undefined || Date.now() >= onlineSince + (conduct.webApiKnowsAfter ?? 0))
  );
}
