import type { Follower } from "../connect-state/follower";
import type { RemoteControl, Way } from "../connect-state/remote-control";
import type { SpotifyError } from "../core/errors";
import { accepted, isRefused, isUnknownCommand } from "./internal-answer";
import { optionsOf, playerCommand } from "./internal-command";
import type { Order, PlayOrder } from "./order";
import { playCommand } from "./play-command";
import type { Route } from "./route";
import type { Scene, Target } from "./scene";

export interface InternalRouteOptions {
  remoteControl: Pick<RemoteControl, "player" | "transfer" | "setVolume">;
  follower: Pick<Follower, "cluster" | "connectionId">;
  deviceId: () => string;
  /** Why no request can succeed now; undefined if one may. */
  whyNot: () => SpotifyError | undefined;
}

type OptionsOrder = Order & { kind: "options" };
type TransferOrder = Order & { kind: "transfer" };

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
    const { remoteControl, follower, deviceId } = this.#options;
    const way = { from: deviceId(), to: target.id, connectionId: follower.connectionId };
    switch (order.kind) {
      case "volume":
        return accepted(await remoteControl.setVolume(order.percent, way, signal), order, target);
      case "transfer":
        return this.#transfer(order, target, scene, way, signal);
      case "options":
        return this.#setOptions(order, target, way, signal);
      case "play":
        return this.#play(order, target, scene, way, signal);
      default:
        return accepted(await remoteControl.player(playerCommand(order), way, signal), order, target);
    }
  }

  /**
   * Items without a context are first sent without one, because librespot plays only the context if there is one. If that is
   * refused, they are sent once more with the first item as their context, because go-librespot refuses a command without one.
   * Sources: librespot connect/src/spirc.rs; go-librespot spclient/context_resolver.go.
   */
  async #play(
    order: PlayOrder,
    target: Target,
    { state }: Scene,
    way: Way,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { remoteControl } = this.#options;
    const command = { endpoint: "play", ...playCommand(order, state) };
    const answer = await remoteControl.player(command, way, signal);
    const [uri] = order.uris ?? [];
    const hasContext = "uri" in command.context;
    if (hasContext || uri === undefined || !isRefused(answer)) return accepted(answer, order, target);
    const again = { ...command, context: { ...command.context, uri, url: `context://${uri}` } };
    return accepted(await remoteControl.player(again, way, signal), order, target);
  }

  /**
   * First as the desktop app does it. If Spotify refuses that, once more as sonora does it, because its authors found that a
   * transfer must come from the active device and hold no options.
   * Sources: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md; sonorahq/sonora#404.
   */
  async #transfer(
    order: TransferOrder,
    target: Target,
    { state }: Scene,
    way: Way,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { remoteControl } = this.#options;
    const answer = await remoteControl.transfer(order.playback, way, signal);
    const active = state.device?.id;
    if (!isRefused(answer) || active === undefined) return accepted(answer, order, target);
    const again = await remoteControl.transfer(undefined, { ...way, from: active }, signal);
    return accepted(again, order, target);
  }

  /** In one request; a device that does not know it is sent one for each option. */
  async #setOptions(
    order: OptionsOrder,
    target: Target,
    way: Way,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { remoteControl, follower } = this.#options;
    const options = optionsOf(order);
    const capabilities = follower.cluster?.cluster.device[target.id]?.capabilities;
    if (capabilities?.supportsSetOptionsCommand !== false) {
      const answer = await remoteControl.player({ endpoint: "set_options", ...options }, way, signal);
      if (!isUnknownCommand(answer)) return accepted(answer, order, target);
    }
    let ackId: string | undefined;
    for (const [option, value] of Object.entries(options)) {
      ackId = accepted(
        await remoteControl.player({ endpoint: `set_${option}`, value }, way, signal),
        order,
        target,
      );
    }
    return ackId;
  }
}
