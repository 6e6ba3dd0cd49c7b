import { ackIdOf, declined, type RemoteControl, type Way } from "../connect-state/remote-control";
import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";
import { restricted } from "./denials";
import type { Order } from "./order";
import { playCommand } from "./play-command";
import { RouteRefusal, type Route } from "./route";
import type { Scene, Target } from "./scene";

export interface InternalRouteOptions {
  remoteControl: RemoteControl;
  deviceId: () => string;
  /** Of the dealer connection on which this device is registered; undefined if there is none. */
  connectionId: () => string | undefined;
  /** Why no request can succeed now; undefined if one may. */
  whyNot: () => SpotifyError | undefined;
}

type Request = (way: Way, signal: AbortSignal) => Promise<HttpResponse>;

/** Orders over Spotify's own services, as Spotify's apps send them. They need no app of the user's own. */
export class InternalRoute implements Route {
  readonly name = "internal";
  readonly #options: InternalRouteOptions;

  constructor(options: InternalRouteOptions) {
    this.#options = options;
  }

  whyNot(): SpotifyError | undefined {
    return this.#options.whyNot();
  }

  async send(order: Order, target: Target, scene: Scene, signal: AbortSignal): Promise<string | undefined> {
    let ackId: string | undefined;
    for (const request of this.#requestsFor(order, scene))
      ackId = await this.#sendOne(request, order, target, signal);
    return ackId;
  }

  async #sendOne(
    request: Request | { first: Request; otherwise: readonly Request[] },
    order: Order,
    target: Target,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const way = {
      from: this.#options.deviceId(),
      to: target.id,
      connectionId: this.#options.connectionId(),
    };
    if (typeof request === "function") return accepted(await request(way, signal), order, target);
    const answer = await request.first(way, signal);
    if (declined(answer).type !== NOT_SUPPORTED) return accepted(answer, order, target);
    let ackId: string | undefined;
    for (const other of request.otherwise) ackId = accepted(await other(way, signal), order, target);
    return ackId;
  }

  #requestsFor(order: Order, scene: Scene): (Request | { first: Request; otherwise: readonly Request[] })[] {
    const control = this.#options.remoteControl;
    const command =
      (endpoint: string, fields: object = {}): Request =>
      (way, signal) =>
        control.player({ endpoint, ...fields }, way, signal);
    switch (order.kind) {
      case "play":
        return [command("play", playCommand(order, scene.state))];
      case "resume":
      case "pause":
        return [command(order.kind)];
      case "next":
        return [command("skip_next")];
      case "previous":
        return [command("skip_prev", { options: { allow_seeking: true } })];
      case "seek":
        // librespot needs both.
        return [command("seek_to", { value: order.position, position: order.position })];
      case "volume":
        return [(way, signal) => control.setVolume(order.percent, way, signal)];
      case "transfer":
        return [(way, signal) => control.transfer(order.playback, way, signal)];
      case "queue": {
        const track = { uri: order.uri, uid: "", metadata: { is_queued: "true" }, provider: "queue" };
        return [command("add_to_queue", { track })];
      }
      case "options": {
        const single: Request[] = [];
        const fields: Record<string, boolean> = {};
        const set = (name: string, value: boolean): void => {
          fields[name] = value;
          single.push(command(`set_${name}`, { value }));
        };
        if (order.shuffle !== undefined) set("shuffling_context", order.shuffle);
        if (order.repeat !== undefined) {
          set("repeating_context", order.repeat === "context");
          set("repeating_track", order.repeat === "track");
        }
        return [{ first: command("set_options", fields), otherwise: single }];
      }
    }
  }
}

/** What Spotify calls a command that the device does not know. Source: WaveeMusic handoff-20260911-connect-detail.md. */
const NOT_SUPPORTED = "DEVICE_DOES_NOT_SUPPORT_COMMAND";
/** Source: BridgeThing's tests. */
const NOT_FOUND = "DEVICE_NOT_FOUND";

/**
 * The `ack_id` of a command that was accepted.
 * @throws RouteRefusal; SpotifyError DEVICE_NOT_FOUND, RESTRICTED
 */
function accepted(answer: HttpResponse, order: Order, { name }: Target): string | undefined {
  const { status } = answer;
  if (status < 300) return ackIdOf(answer);
  const { type, reasons } = declined(answer);
  const device = name ?? "the device";
  if (type === NOT_FOUND) {
    throw new SpotifyError("DEVICE_NOT_FOUND", `Spotify has lost the connection to ${device}.`);
  }
  if (type === NOT_SUPPORTED) {
    throw new SpotifyError(
      "RESTRICTED",
      `${name ?? "The device"} does not know the command “${order.kind}”.`,
      {
        reason: type,
      },
    );
  }
  if (status === 403 && reasons.length > 0) throw restricted(order.kind, reasons);
  if (type !== undefined) throw restricted(order.kind, [type]);
  throw new RouteRefusal(
    new SpotifyError("REQUEST_REFUSED", `Spotify refuses the command “${order.kind}” (HTTP ${status}).`),
  );
}
