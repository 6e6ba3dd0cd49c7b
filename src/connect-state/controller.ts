import type { ControllingDevice } from "./controlling-device";
import type { ClusterView } from "./cluster";
import type { FrameNews } from "./remote-frames";

/** How Spotify told of the app that took control. */
export type ControlReason = "remote-frame" | "cluster";

export interface ControllerEvents {
  /** An app has control. Told with every word of it; what is no news, the listener knows. */
  taken(clientId: string, reason: ControlReason, device: ControllingDevice | undefined): void;
  /** The app that had control has left, and no other has taken it. */
  left(): void;
}

/**
 * Which app controls playback: the one that spoke last, in a frame or through the cluster, until it says goodbye or is
 * no longer there.
 */
export class Controller {
  readonly #events: ControllerEvents;
  /** The device ID of the app that has control. */
  #current: string | undefined;
  #reason: ControlReason | undefined;

  constructor(events: ControllerEvents) {
    this.#events = events;
  }

  hearFrame(news: FrameNews): void {
    if (news.kind === "client") this.#take(news.clientId, "remote-frame", news.device);
    else if (news.deviceId === this.#current) this.#leave();
  }

  /** @param previous the view before, to tell who has gone */
  hearCluster(cluster: ClusterView, previous: ClusterView | undefined): void {
    const app = cluster.controller;
    if (app) {
      // A cluster comes with every song: whoever spoke in a frame since keeps control until somebody else takes it.
      const isNews = !isSame(app, previous?.controller) || this.#current === undefined;
      if (isNews) this.#take(app.clientId, "cluster", app.device);
      return;
    }
    const nobody = this.#reason === "cluster" && !cluster.isActive;
    if (nobody || this.#isGone(cluster, previous)) this.#leave();
  }

  /** A command came from this device: its app has control. */
  hearCommand(from: string, cluster: ClusterView | undefined): void {
    const app = cluster?.app(from);
    if (app) this.#take(app.clientId, "cluster", app.device);
  }

  /** Nobody says any more who has control: another account, or nobody signed in. */
  reset(): void {
    if (this.#reason !== undefined) this.#leave();
  }

  #take(clientId: string, reason: ControlReason, device: ControllingDevice | undefined): void {
    this.#current = device?.id;
    this.#reason = reason;
    this.#events.taken(clientId, reason, device);
  }

  #leave(): void {
    this.#current = undefined;
    this.#reason = undefined;
    this.#events.left();
  }

  #isGone(cluster: ClusterView, previous: ClusterView | undefined): boolean {
    const current = this.#current;
    return current !== undefined && previous?.has(current) === true && !cluster.has(current);
  }
}

function isSame(a: { clientId: string; device: ControllingDevice }, b: typeof a | undefined): boolean {
  return a.clientId === b?.clientId && a.device.id === b.device.id;
}
