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
    if (target.isRestricted) {
      throw new SpotifyError(
        "RESTRICTED",
        `Spotify's Web API cannot control ${target.name ?? "this device"}. Sign in by pairing: then Spotify's own services can.`,
        { reason: "Restricted device" },
      );
    }
    const { webApi, credential, onSent } = this.#options;
    let ackId: string | undefined;
    for (const request of requestsFor(order, target, scene)) {
      const answer = await webApi.request(request, credential, signal);
      ackId = this.#accepted(answer, order, target);
    }
    onSent();
    return ackId;
  }

  /** The text of a success looks like an `ack_id`. @throws as `Route.send` */
  #accepted({ status, headers, body }: WebApiResponse, order: Order, target: Target): string | undefined {
    if (status >= 200 && status < 300) {
      return typeof body === "string" && /^[\w-]{10,128}$/.test(body) ? body : undefined;
    }
    const { message, reason } = errorOf(body);
    const device = target.name ?? "the device";
    if (status === 404 && reason === "NO_ACTIVE_DEVICE") {
      throw new SpotifyError(
        "NO_ACTIVE_DEVICE",
        "No device is active. Name a device, or start to play in a Spotify app.",
      );
    }
    if (status === 404 && /device not found/i.test(message)) {
      throw new SpotifyError("DEVICE_NOT_FOUND", `Spotify does not know ${device} at the moment.`);
    }
    if (status === 404) throw restricted(order.kind, [message]);
    if (status === 400) throw restricted(order.kind, [message]);
    if (status === 403 && /restriction violated|restricted device|cannot control/i.test(message)) {
      throw restricted(order.kind, [message.replace(/^Player command failed: /, "")]);
    }
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

/** One request, or several if the Web API has no single one. */
function requestsFor(order: Order, { id }: Target, { state }: Scene): WebApiRequest[] {
  const device = { device_id: id };
  const put = (path: string, query: Record<string, string> = {}): WebApiRequest => ({
    method: "PUT",
    path: `${PLAYER}/${path}`,
    query: { ...device, ...query },
  });
  const post = (path: string, query: Record<string, string> = {}): WebApiRequest => ({
    ...put(path, query),
    method: "POST",
  });
  switch (order.kind) {
    case "play":
      return playRequests(order, put);
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
      return optionRequests(order, put);
    case "transfer": {
      const isPlaying = order.playback === "resume" || (order.playback === "restore" && state.playing);
      const request: WebApiRequest = {
        method: "PUT",
        path: PLAYER,
        body: { device_ids: [id], play: isPlaying },
      };
      return order.playback === "pause" ? [request, put("pause")] : [request];
    }
    case "queue":
      return [post("queue", { uri: order.uri })];
  }
}

type Put = (path: string, query?: Record<string, string>) => WebApiRequest;

function playRequests(order: PlayOrder, put: Put): WebApiRequest[] {
  const { context, uris, offset, position, paused = false } = order;
  const body = {
    ...(context === undefined ? { uris } : { context_uri: context }),
    ...(offset !== undefined && {
      offset: typeof offset === "number" ? { position: offset } : { uri: offset },
    }),
    ...(position !== undefined && { position_ms: position }),
  };
  const play = { ...put("play"), body };
  // The Web API sets these of what plays, so that they come after it.
  return [play, ...optionRequests(order, put), ...(paused ? [put("pause")] : [])];
}

function optionRequests(
  { shuffle, repeat }: Pick<PlayOrder, "shuffle" | "repeat">,
  put: Put,
): WebApiRequest[] {
  return [
    ...(shuffle === undefined ? [] : [put("shuffle", { state: String(shuffle) })]),
    ...(repeat === undefined ? [] : [put("repeat", { state: repeat })]),
  ];
}

function errorOf(body: unknown): { message: string; reason: string } {
  const error = (body as { error?: { message?: unknown; reason?: unknown } } | undefined)?.error;
  return {
    message: typeof error?.message === "string" ? error.message : "",
    reason: typeof error?.reason === "string" ? error.reason : "",
  };
}
