import type { ControllingDevice } from "./controlling-device";
import type { ClusterView } from "./cluster";
import type { FrameNews } from "./remote-frames";

/** How Spotify told that an app took control. */
export type ControlReason = "remote-frame" | "cluster";

export interface ControlListener {
  /** An app controls playback. May be told again of the same app. */
  controlTaken(clientId: string, reason: ControlReason, device: ControllingDevice | undefined): void;
  /** The app that had control has left, and no other has taken it. */
  controlReleased(): void;
}

/**
 * Tells which app controls playback: the last one that a frame or the cluster named, until it says goodbye or leaves the
 * cluster.
 */
export class Controller {
  readonly #listener: ControlListener;
  /** The device ID of the app that has control. */
  #current: string | undefined;
  #reason: ControlReason | undefined;

  constructor(listener: ControlListener) {
    this.#listener = listener;
  }

  onFrame(news: FrameNews): void {
    if (news.kind === "client") this.#take(news.clientId, "remote-frame", news.device);
    else if (news.deviceId === this.#current) this.#release();
  }

  /** @param previous the cluster before, which tells who has left */
  onCluster(cluster: ClusterView, previous: ClusterView | undefined): void {
    const app = cluster.controller;
    if (app) {
      // A cluster comes with every track. An app that a frame named since keeps control until another takes it.
      const isNew = !isSame(app, previous?.controller) || this.#current === undefined;
      if (isNew) this.#take(app.clientId, "cluster", app.device);
      return;
    }
    const hasStopped = this.#reason === "cluster" && !cluster.isActive;
    if (hasStopped || this.#hasLeft(cluster, previous)) this.#release();
  }

  /** A device sent a command: its app has control. */
  onCommand(from: string, cluster: ClusterView | undefined): void {
    const app = cluster?.app(from);
    if (app) this.#take(app.clientId, "cluster", app.device);
  }

  /** Another account is signed in, or none. */
  reset(): void {
    if (this.#reason !== undefined) this.#release();
  }

  #take(clientId: string, reason: ControlReason, device: ControllingDevice | undefined): void {
    this.#current = device?.id;
    this.#reason = reason;
    this.#listener.controlTaken(clientId, reason, device);
  }

  #release(): void {
    this.#current = undefined;
    this.#reason = undefined;
    this.#listener.controlReleased();
  }

  #hasLeft(cluster: ClusterView, previous: ClusterView | undefined): boolean {
    const current = this.#current;
    return current !== undefined && previous?.has(current) === true && !cluster.has(current);
  }
}

function isSame(a: { clientId: string; device: ControllingDevice }, b: typeof a | undefined): boolean {
  return a.clientId === b?.clientId && a.device.id === b.device.id;
}
