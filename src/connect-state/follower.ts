import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Mercury } from "../mercury/mercury";
import { Backoff } from "../async/backoff";
import { raceAbort } from "../async/race-abort";
import { wait } from "../async/wait";
import { readClusterUpdate, type ClusterView } from "./cluster";
import { readCommand } from "./command";
import { observerId, type ConnectState } from "./connect-state";
import { Controller, type ControllerEvents } from "./controller";
import { Dealer, type DealerOptions } from "../dealer/dealer";
import { messagePayload, requestDocument, type DealerMessage, type DealerRequest } from "../dealer/message";
import { listenToFrames, type FrameNews } from "./remote-frames";

const CLUSTER_URI = "hm://connect-state/v1/cluster";
/** Spotify may refuse a subscription today and not tomorrow, ms. */
const SUBSCRIBE_FIRST = 5_000;
const SUBSCRIBE_MOST = 15 * 60_000;

export interface FollowerOptions extends ControllerEvents {
  mercury: Mercury;
  guard: RateLimitGuard;
  connectState: ConnectState;
  deviceId: () => string;
  /** What the device is called and who it is, where apps are to see it. */
  visible: { name: string; clientId: () => string } | undefined;
  /** Whose quota the dealer counts towards. */
  clientId: string;
  dealer: Pick<DealerOptions, "address" | "token" | "tokenRefused">;
  log: (level: "info" | "debug", message: string) => void;
}

/**
 * Follows what Spotify says of the account's devices, over Mercury (remote frames) and over the dealer (the cluster), to
 * know which app has control.
 *
 * Emits `trouble` with what keeps it from that; it goes on trying.
 */
export class Follower extends EventEmitter<{ trouble: [SpotifyError] }> {
  readonly dealer: Dealer;
  readonly #options: FollowerOptions;
  readonly #controller: Controller;
  #cluster: ClusterView | undefined;
  #username: string | undefined;
  /** Is aborted when this account is followed no longer. */
  #following = new AbortController();
  /** How many clusters were pushed. */
  #pushed = 0;

  constructor(options: FollowerOptions) {
    super();
    this.#options = options;
    this.#controller = new Controller(options);
    const { guard, clientId } = options;
    this.dealer = new Dealer({
      ...options.dealer,
      check: (host) => guard.check(clientId, host),
      refused: (host, { status, headers }) =>
        guard.learn(clientId, host, { status, headers, body: Buffer.alloc(0) }),
      opened: (connectionId, signal) => this.#register(connectionId, signal),
      listener: {
        message: (message) => this.#onMessage(message),
        request: (request) => this.#onRequest(request),
        damaged: (error) => this.#onTrouble(error),
      },
    });
    this.dealer.on("trouble", (error) => this.#onTrouble(error));
  }

  /** Follows this account from now on. Does nothing where it does so already. */
  start(username: string): void {
    if (this.#username === username) return;
    const another = new SpotifyError("CLOSED", "Another account is followed.");
    this.#forget(another);
    this.#username = username;
    this.#following = new AbortController();
    void this.#listen(username, this.#following.signal);
    // Where it ran for another account, its connection is that one's.
    this.dealer.reconnect(another);
    this.dealer.start();
  }

  /** Ends it. Resolves when nothing is left running. */
  async stop(reason: SpotifyError): Promise<void> {
    this.#forget(reason);
    this.#username = undefined;
    await this.dealer.stop(reason);
  }

  #forget(reason: SpotifyError): void {
    this.#following.abort(reason);
    this.#cluster = undefined;
    this.#controller.reset();
  }

  /** Hears frames until `signal` says otherwise, however often Spotify refuses it. */
  async #listen(username: string, signal: AbortSignal): Promise<void> {
    const { mercury, deviceId } = this.#options;
    const backoff = new Backoff(SUBSCRIBE_FIRST, SUBSCRIBE_MOST);
    const hear = (news: FrameNews): void => {
      if (!signal.aborted) this.#controller.hearFrame(news);
    };
    while (!signal.aborted) {
      try {
        let onLost = (_error: SpotifyError): void => undefined;
        const lost = new Promise<never>((_, reject) => (onLost = reject));
        lost.catch(() => undefined);
        const stop = await listenToFrames(mercury, username, deviceId, hear, { signal, onLost });
        backoff.reset();
        await raceAbort(signal, lost).finally(stop);
      } catch (error) {
        if (signal.aborted) return;
        this.#onTrouble(error as SpotifyError);
        await wait(backoff.next(), signal).catch(() => undefined);
      }
    }
  }

  get #own(): ReadonlySet<string> {
    const deviceId = this.#options.deviceId();
    return new Set([deviceId, observerId(deviceId)]);
  }

  async #register(connectionId: string, signal: AbortSignal): Promise<void> {
    const { connectState, visible, deviceId } = this.#options;
    const own = this.#own;
    const pushed = this.#pushed;
    let cluster = await connectState.observe(deviceId(), connectionId, own, signal);
    if (visible) {
      const device = { deviceId: deviceId(), name: visible.name, clientId: visible.clientId() };
      cluster = await connectState.show(device, connectionId, own, signal);
    }
    // What was pushed since is newer than any answer, which may have been long on its way.
    if (this.#pushed === pushed) this.#hear(cluster);
  }

  async #onMessage(message: DealerMessage): Promise<void> {
    if (!message.uri.startsWith(CLUSTER_URI)) return;
    const { signal } = this.#following;
    const payload = await messagePayload(message);
    // Read for too long: it is another account's by now, or nobody's.
    if (!payload || signal.aborted) return;
    const cluster = readClusterUpdate(payload, this.#own);
    this.#pushed++;
    this.#hear(cluster);
  }

  /** Nothing can be played here, and whoever asks is to know. */
  async #onRequest(request: DealerRequest): Promise<boolean> {
    const { signal } = this.#following;
    let document: unknown;
    try {
      document = await requestDocument(request);
    } catch (error) {
      this.#onTrouble(error as SpotifyError);
      return false;
    }
    if (signal.aborted) return false;
    const command = readCommand(request.ident, document);
    if (command?.from) this.#controller.hearCommand(command.from, this.#cluster);
    if (command) this.#options.log("debug", `A Spotify app sent the command ${command.endpoint}: refused.`);
    return false;
  }

  #hear(cluster: ClusterView): void {
    const previous = this.#cluster;
    this.#cluster = cluster;
    this.#controller.hearCluster(cluster, previous);
  }

  #onTrouble(error: SpotifyError): void {
    this.#options.log("debug", `Playback cannot be followed (${error.code}): ${error.message}`);
    this.emit("trouble", error);
  }
}
