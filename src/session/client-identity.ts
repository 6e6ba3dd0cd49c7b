import type { ClientIdReason, CurrentClientId } from "../tokens/client-id";

export interface ClientIdChange {
  /** The client ID from now on, 32 hex digits. */
  clientId: string;
  previous: string;
  reason: ClientIdReason;
}

/** Names a client ID that Spotify sent and the session did not take over, because it is pinned. */
export interface ClientIdReport {
  /** What Spotify sent. */
  clientId: string;
  /** What the session keeps. */
  kept: string;
  reason: ClientIdReason;
}

/**
 * The client ID a session has now, who set it and when. Spotify may change it under a session, as librespot's
 * `set_client_id` does; a pinned one stays.
 */
export class ClientIdentity implements CurrentClientId {
  readonly #follow: boolean;
  #clientId: string;
  #reason: ClientIdReason = "configured";
  #since = Date.now();

  /** @param follow whether what Spotify sends is taken over */
  constructor(clientId: string, follow: boolean) {
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

  /** @returns what changed, what was only reported, or undefined where it is the current one again */
  set(
    clientId: string,
    reason: ClientIdReason,
  ): { change: ClientIdChange } | { report: ClientIdReport } | undefined {
    if (clientId === this.#clientId) return undefined;
    if (!this.#follow && reason !== "configured")
      return { report: { clientId, kept: this.#clientId, reason } };
    const change = { clientId, previous: this.#clientId, reason };
    this.#clientId = clientId;
    this.#reason = reason;
    this.#since = Date.now();
    return { change };
  }
}
