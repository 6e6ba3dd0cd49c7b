import { EventEmitter, once } from "node:events";
import { withEither } from "../async/ending-with";
import { Backoff } from "../async/backoff";
import { raceAbort } from "../async/race-abort";
import { retryUntilAborted } from "../async/retry";
import { SpotifyError } from "../core/errors";
import { Dealer, type DealerOptions } from "../dealer/dealer";
import { messagePayload, requestDocument, type DealerMessage, type DealerRequest } from "../dealer/message";
import type { Mercury } from "../mercury/mercury";
import { readClusterUpdate, type ClusterView } from "./cluster";
import { readCommand } from "./command";
import { observerId, type ConnectState } from "./connect-state";
import { Controller, type ControlListener } from "./controller";
import { listenToFrames, type FrameNews } from "./remote-frames";

const CLUSTER_URI = "hm://connect-state/v1/cluster";
/** Spotify may refuse a subscription today and allow it tomorrow, ms. */
const SUBSCRIBE_FIRST = 5_000;
const SUBSCRIBE_MOST = 15 * 60_000;

export interface FollowerOptions {
  mercury: Mercury;
  connectState: Pick<ConnectState, "observe" | "show">;
  dealer: Pick<DealerOptions, "servers" | "token" | "guard" | "clientId">;
  deviceId: () => string;
  /** What Spotify's apps show the device as; undefined if they do not show it. */
  visible: { name: string; clientId: () => string } | undefined;
  control: ControlListener;
  log: (level: "info" | "debug", message: string) => void;
}

/**
 * Follows the devices of an account, over Mercury (remote frames) and over the dealer (the cluster), and tells which app
 * controls playback.
 *
 * Emits `cluster` with each cluster: a pushed one, and the answer to a registration. Emits `forgotten` when the account
 * is no longer followed. Emits `trouble` with each error. It goes on trying after every one.
 */
export class Follower extends EventEmitter<{
  cluster: [ClusterView];
  forgotten: [];
  trouble: [SpotifyError];
}> {
  readonly dealer: Dealer;
  readonly #options: FollowerOptions;
  readonly #controller: Controller;
  #cluster: ClusterView | undefined;
  #username: string | undefined;
  /** Aborted when this account is no longer followed. */
  #following = new AbortController();
  /** Of the dealer connection on which the observer is registered. */
  #connectionId = "";
  /** The number of clusters that were pushed. */
  #pushed = 0;

  constructor(options: FollowerOptions) {
    super();
    this.#options = options;
    this.#controller = new Controller(options.control);
    this.dealer = new Dealer({
      ...options.dealer,
      register: (connectionId, signal) => this.#register(connectionId, signal),
      listener: {
        message: (message) => this.#onMessage(message),
        request: (request) => this.#onRequest(request),
        damaged: (error) => this.#onTrouble(error),
      },
    });
    this.dealer.on("trouble", (error) => this.#onTrouble(error));
  }

  /** The newest cluster; undefined while there is no connection over which newer ones would come. */
  get cluster(): ClusterView | undefined {
    return this.dealer.state === "connected" ? this.#cluster : undefined;
  }

  /** Of the dealer connection on which the observer is registered; undefined if there is none. */
  get connectionId(): string | undefined {
    return (this.dealer.state === "connected" && this.#connectionId) || undefined;
  }

  /** Follows this account from now on. Does nothing if it does so already. */
  start(username: string): void {
    if (this.#username === username) return;
    const another = new SpotifyError("CLOSED", "Another account is followed.");
    this.#forget(another);
    this.#username = username;
    this.#following = new AbortController();
    void this.#listen(username, this.#following.signal);
    // A connection that is open belongs to the account before.
    this.dealer.reconnectNow(another);
    this.dealer.start();
  }

  /** Stops. Resolves when nothing is left running. */
  async stop(reason: SpotifyError): Promise<void> {
    this.#forget(reason);
    this.#username = undefined;
    await this.dealer.stop(reason);
  }

  /**
   * Has the whole cluster sent once more, by registering the observer again. Waits for a connection.
   * @param isPickerOpened as for `ConnectState.observe`
   * @throws SpotifyError as `ConnectState.observe`; or the abort reason of `signal`
   */
  async refresh(signal: AbortSignal, isPickerOpened = false): Promise<void> {
    while (this.dealer.state !== "connected") await raceAbort(signal, once(this.dealer, "state", { signal }));
    const pushed = this.#pushed;
    const { connectState, deviceId } = this.#options;
    const cluster = await withEither([signal, this.#following.signal], async (either) => {
      const answer = await connectState.observe(
        deviceId(),
        this.#connectionId,
        this.#own,
        either,
        isPickerOpened,
      );
      either.throwIfAborted();
      return answer;
    });
    if (this.#pushed === pushed) this.#onCluster(cluster);
  }

  #forget(reason: SpotifyError): void {
    this.#following.abort(reason);
    this.#cluster = undefined;
    this.#controller.reset();
    if (this.#username !== undefined) this.emit("forgotten");
  }

  /** Listens to frames until `signal` is aborted, and tries again whenever Spotify refuses or ends it. */
  async #listen(username: string, signal: AbortSignal): Promise<void> {
    const { mercury, deviceId } = this.#options;
    const backoff = new Backoff(SUBSCRIBE_FIRST, SUBSCRIBE_MOST);
    const onNews = (news: FrameNews): void => {
      if (!signal.aborted) this.#controller.onFrame(news);
    };
    const listenOnce = async (): Promise<never> => {
      let onLost = (_error: SpotifyError): void => undefined;
      const lost = new Promise<never>((_, reject) => (onLost = reject));
      lost.catch(() => undefined);
      const stop = await listenToFrames(mercury, username, deviceId, onNews, { signal, onLost });
      backoff.reset();
      return raceAbort(signal, lost).finally(stop);
    };
    await retryUntilAborted(listenOnce, {
      backoff,
      signal,
      onError: (error) => this.#onTrouble(error as SpotifyError),
    });
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
    // A cluster that was pushed meanwhile is newer than the answer.
    if (this.#pushed === pushed) this.#onCluster(cluster);
    this.#connectionId = connectionId;
  }

  async #onMessage(message: DealerMessage): Promise<void> {
    if (!message.uri.startsWith(CLUSTER_URI)) return;
    const { signal } = this.#following;
    const payload = await messagePayload(message);
    // While it was unpacked, the account may have changed.
    if (!payload || signal.aborted) return;
    const cluster = readClusterUpdate(payload, this.#own);
    this.#pushed++;
    this.#onCluster(cluster);
  }

  /** Answers every request with no: this device cannot play. */
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
    if (command?.from) this.#controller.onCommand(command.from, this.#cluster);
    if (command) this.#options.log("debug", `A Spotify app sent the command ${command.endpoint}: refused.`);
    return false;
  }

  #onCluster(cluster: ClusterView): void {
    const previous = this.#cluster;
    this.#cluster = cluster;
    this.#controller.onCluster(cluster, previous);
    this.emit("cluster", cluster);
  }

  #onTrouble(error: SpotifyError): void {
    this.#options.log("debug", `Playback cannot be followed (${error.code}): ${error.message}`);
    this.emit("trouble", error);
  }
}
