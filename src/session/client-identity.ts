import type { ControllingDevice } from "../connect-state/controlling-device";
import type { ClientIdReason, CurrentClientId } from "../core/client-id";

export interface ClientIdChange {
  /** The client ID from now on, 32 hex digits. */
  clientId: string;
  previous: string;
  reason: ClientIdReason;
  /** The device whose app took control; absent if no device did, or Spotify did not say which. */
  device?: ControllingDevice;
  /** ms since the epoch */
  at: number;
}

/** A client ID that Spotify sent and a pinned session did not take over. */
export interface ClientIdReport {
  /** What Spotify sent. */
  clientId: string;
  /** What the session keeps. */
  kept: string;
  reason: ClientIdReason;
  device?: ControllingDevice;
  /** ms since the epoch */
  at: number;
}

/**
 * The current client ID of a session, why it was set and when. Spotify may change it, as librespot's
 * `set_client_id` does; a pinned one stays.
 */
export class ClientIdentity implements CurrentClientId {
  readonly #follow: boolean;
  #configured: string;
  #clientId: string;
  #reason: ClientIdReason = "configured";
  #since = Date.now();
  #device: ControllingDevice | undefined;
  /** What was reported last, so that the same is reported once: an app repeats its client ID. */
  #reported: string | undefined;

  /** @param follow whether what Spotify sends is taken over */
  constructor(clientId: string, follow: boolean) {
    this.#configured = clientId;
    this.#clientId = clientId;
    this.#follow = follow;
  }

  get clientId(): string {
    return this.#clientId;
  }

  get reason(): ClientIdReason {
    return this.#reason;
  }

  /** ms since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** The device whose app set it, if it is known. */
  get device(): ControllingDevice | undefined {
    return this.#device;
  }

  /** @returns what changed, what was only reported, or undefined if nothing is new */
  set(
    clientId: string,
    reason: ClientIdReason,
    device?: ControllingDevice,
  ): { change: ClientIdChange } | { report: ClientIdReport } | undefined {
    const at = Date.now();
    const by = device ? { device } : {};
    if (reason === "configured") this.#configured = clientId;
    else if (!this.#follow) return this.#report({ clientId, kept: this.#clientId, reason, ...by, at });
    if (clientId === this.#clientId) {
      // Another phone with the same app: only the device changes.
      if (this.#reason === reason) this.#device = device;
      return undefined;
    }
    const change = { clientId, previous: this.#clientId, reason, ...by, at };
    this.#clientId = clientId;
    this.#reason = reason;
    this.#since = at;
    this.#device = device;
    return { change };
  }

  /** The app that set the client ID has left: it is the configured one again. @returns what changed */
  release(): { change: ClientIdChange } | undefined {
    this.#reported = undefined;
    const result = this.set(this.#configured, "configured");
    this.#reason = "configured";
    this.#device = undefined;
    return result && "change" in result ? result : undefined;
  }

  #report(report: ClientIdReport): { report: ClientIdReport } | undefined {
    if (report.clientId === this.#clientId) {
      this.#reported = undefined;
      return undefined;
    }
    const said = `${report.clientId} ${report.device?.id ?? ""}`;
    if (said === this.#reported) return undefined;
    this.#reported = said;
    return { report };
  }
}
