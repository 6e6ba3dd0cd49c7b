import { wait } from "../async/wait";
import { cleanName } from "../core/clean-name";
import { SpotifyError } from "../core/errors";
import { webApiRefusal } from "../web-api/refusal";
import type { AppCredential, WebApi, WebApiRequest, WebApiResponse } from "../web-api/web-api";
import type { Order, PlayOrder } from "./order";
import { restricted } from "./denials";
import { RouteRefusal, type Route } from "./route";
import type { Scene, Target } from "./scene";

/** The scopes that the player's commands need. */
export const CONTROL_PLAYBACK = ["user-read-playback-state", "user-modify-playback-state"] as const;

const PLAYER = "/v1/me/player";
/** How long a command takes to take effect, ms. Source: SpotifyWebApiPython. */
const SETTLES_AFTER = 500;

export interface WebApiRouteOptions {
  webApi: Pick<WebApi, "request">;
  /** The tokens of an app whose sign-in covers `CONTROL_PLAYBACK`. */
  credential: AppCredential;
  host: string;
  /** A command was sent, so that the playback that is polled changes soon. */
  onSent: () => void;
}

/**
 * Orders over the public Web API, with an app of the user's own.
 *
 * Sources: Spotify's Web API reference, Player; spotify-web-api-ts-sdk#127 for a success whose body is no JSON; what each
 * refusal means, Mincka/spotcast and SpotifyWebApiPython.
 */
export class WebApiRoute implements Route {
  readonly name = "web-api";
  readonly #options: WebApiRouteOptions;

  constructor(options: WebApiRouteOptions) {
    this.#options = options;
  }

  whyNot(): SpotifyError | undefined {
    try {
      void this.#options.credential.clientId;
      return undefined;
    } catch (error) {
      return error as SpotifyError;
    }
  }

  async send(order: Order, target: Target, scene: Scene, signal: AbortSignal): Promise<string | undefined> {
    if (target.isRestricted) throw notControllable(target);
    const { webApi, credential, onSent } = this.#options;
    let ackId: string | undefined;
    for (const { request, isExtra, isRacing } of stepsFor(order, target, scene)) {
      const ask = async (): Promise<string | undefined> =>
        this.#accepted(await webApi.request(request, credential, signal), order, target);
      try {
        const id = await (isRacing ? onceMore(ask, signal) : ask());
        if (!isExtra) ackId = id;
      } catch (error) {
        signal.throwIfAborted();
        if (!isExtra) throw error;
      }
    }
    onSent();
    return ackId;
  }

  /** The text of a success looks like an `ack_id`. @throws as `Route.send` */
  #accepted({ status, headers, body }: WebApiResponse, order: Order, target: Target): string | undefined {
    if (status < 300) {
      return typeof body === "string" && /^[\w-]{10,128}$/.test(body) ? body : undefined;
    }
    const { message, reason } = errorOf(body);
    const declined = declinedFor(status, message, reason, order, target);
    if (declined) throw declined;
    const { host, credential } = this.#options;
    const error = webApiRefusal(host, credential.clientId, {
      status,
      headers,
      body: Buffer.from(`${message} ${reason}`),
    });
    if (status === 401) throw new RouteRefusal(error);
    throw error;
  }
}

/**
 * The error for what the player declines; undefined if the Web API refused before it asked the player.
 * Source: Spotify's Web API reference, "Player Error Reasons".
 */
function declinedFor(
  status: number,
  message: string,
  reason: string,
  order: Order,
  target: Target,
): SpotifyError | undefined {
  if (reason === "NO_ACTIVE_DEVICE") {
    return new SpotifyError(
      "NO_ACTIVE_DEVICE",
      "No device is active. Name a device, or start to play in a Spotify app.",
    );
  }
  if (status === 404 && /device not found/i.test(message)) {
    const device = target.name ?? "the device";
    return new SpotifyError("DEVICE_NOT_FOUND", `Spotify does not know ${device} at the moment.`);
  }
  if (/restricted device/i.test(message)) return notControllable(target);
  const said = message.replace(/^Player command failed: /, "");
  if (status === 400 || status === 404) {
    if (order.kind !== "play" && order.kind !== "queue") return restricted(order.kind, [said]);
    const why = cleanName(said) || `HTTP ${status}`;
    return new SpotifyError("INVALID_ARGUMENT", `Spotify cannot play this: ${why}.`);
  }
  if (status !== 403 || reason === "PREMIUM_REQUIRED") return undefined;
  if (reason === "" && !/restriction violated|cannot control/i.test(message)) return undefined;
  return restricted(order.kind, [reason === "" || reason === "UNKNOWN" ? said : reason.toLowerCase()]);
}

function notControllable({ name }: Target): SpotifyError {
  return new SpotifyError(
    "RESTRICTED",
    `Spotify's Web API cannot control ${name ?? "this device"}. Sign in by pairing: then Spotify's own services can.`,
    { reason: "Restricted device" },
  );
}

/** The request before it may not have taken effect yet, so that this one is declined. */
async function onceMore<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SpotifyError) || error.code !== "RESTRICTED") throw error;
  }
  await wait(SETTLES_AFTER, signal);
  return ask();
}

/** One of the requests of an order. */
interface Step {
  request: WebApiRequest;
  /** Whether the order is done without it: the command looks at what holds, and sets it again. */
  isExtra?: boolean;
  /** Whether it may come too early, because it needs what the request before it does. */
  isRacing?: boolean;
}

/** One request, or several if the Web API has no single one. */
function stepsFor(order: Order, { id }: Target, { state }: Scene): Step[] {
  const put = (path: string, query: Record<string, string> = {}): Step => ({
    request: { method: "PUT", path: `${PLAYER}/${path}`, query: { device_id: id, ...query } },
  });
  const post = (path: string, query: Record<string, string> = {}): Step => ({
    request: { ...put(path, query).request, method: "POST" },
  });
  switch (order.kind) {
    case "play":
      return playSteps(order, state.device?.id === id, put);
    case "resume":
      // Any body, even an empty object, would replace what plays (web-api#501).
      return [put("play")];
    case "pause":
      return [put("pause")];
    case "next":
    case "previous":
      return [post(order.kind)];
    case "seek":
      return [put("seek", { position_ms: String(order.position) })];
    case "volume":
      return [put("volume", { volume_percent: String(order.percent) })];
    case "options":
      return [...shuffleSteps(order, put), ...repeatSteps(order, put)];
    case "transfer": {
      const isPlaying = order.playback === "resume" || (order.playback === "restore" && state.playing);
      const body = { device_ids: [id], play: isPlaying };
      const transfer: Step = { request: { method: "PUT", path: PLAYER, body } };
      // `play: false` keeps what plays playing, so that it must be paused as well.
      return order.playback === "pause" && state.playing
        ? [transfer, { ...put("pause"), isRacing: true }]
        : [transfer];
    }
    case "queue":
      return [post("queue", { uri: order.uri })];
  }
}

type Put = (path: string, query?: Record<string, string>) => Step;

/**
 * The Web API cannot set shuffle and repeat with what to play. Shuffle goes first, so that the first item is any of them; but
 * only to the active device, because it is about what plays there.
 */
function playSteps(order: PlayOrder, isActive: boolean, put: Put): Step[] {
  const { context, uris, offset, position, paused = false } = order;
  const body = {
    ...(context === undefined ? { uris } : { context_uri: context }),
    ...(offset !== undefined && {
      offset: typeof offset === "number" ? { position: offset } : { uri: offset },
    }),
    ...(position !== undefined && { position_ms: position }),
  };
  const play: Step = { request: { ...put("play").request, body } };
  const asExtra = (step: Step): Step => ({ ...step, isExtra: true });
  const shuffle = shuffleSteps(order, put).map(asExtra);
  const repeat = repeatSteps(order, put).map(asExtra);
  // Nothing loads an item without playing it: it sounds for the time of one request.
  const pause = paused ? [{ ...asExtra(put("pause")), isRacing: true }] : [];
  return isActive ? [...shuffle, play, ...pause, ...repeat] : [play, ...pause, ...shuffle, ...repeat];
}

function shuffleSteps({ shuffle }: Pick<PlayOrder, "shuffle">, put: Put): Step[] {
  return shuffle === undefined ? [] : [put("shuffle", { state: String(shuffle) })];
}

function repeatSteps({ repeat }: Pick<PlayOrder, "repeat">, put: Put): Step[] {
  return repeat === undefined ? [] : [put("repeat", { state: repeat })];
}

function errorOf(body: unknown): { message: string; reason: string } {
  const error = (body as { error?: { message?: unknown; reason?: unknown } } | undefined)?.error;
  return {
    message: typeof error?.message === "string" ? error.message : "",
    reason: typeof error?.reason === "string" ? error.reason : "",
  };
}
