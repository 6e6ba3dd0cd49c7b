import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import type { Outcome, PlaybackState, Step } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { Serial } from "../../src/async/serial";
import { runWithAccount, type AccountBehavior } from "../shared/account-behavior";
import { AccountLink } from "../shared/account-link";
import type { AccountUser } from "../shared/account-node";
import { clearFailure, tellFailure } from "../shared/failure-fields";
import { guarded } from "../shared/guarded";
import { onInput, unusable, type Send } from "../shared/on-input";
import { put } from "../shared/outlet";
import { isOver } from "../shared/passing-error";
import { ShownStatus, STATUS_INTERVAL } from "../shared/shown-status";
import { Throttle } from "../shared/throttle";
import { upToDate } from "../shared/up-to-date";
import { migratePlayback } from "./migrate";
import { readPlaybackSettings, type PlaybackSettings } from "./playback-settings";
import { requestOf, type Request } from "./request";
import { composeStatus } from "./status";

export interface PlaybackNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  /** A word of ACTIONS; empty: the message names it. */
  action: string;
  device: string;
  deviceType: string;
  value: string;
  valueType: string;
  /** Whether a device that is named and is asleep is woken. */
  wake: boolean;
  confirm: boolean;
  /** Seconds. */
  timeout: number;
  route: string;
  /** The property of the message that a list of devices or a snapshot is put into; empty: none. */
  output: string;
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

export type SpotifyPlaybackNode = Node & AccountUser;

type PlaybackMessage = NodeMessageInFlow & { playback?: PlaybackState };

const FAILURE = ["retryAfter", "reason"] as const;

/** Has a freshly created node control what an account plays. */
export function makePlaybackNode(
  RED: NodeAPI,
  node: SpotifyPlaybackNode,
  stored: PlaybackNodeProperties,
): void {
  const properties = upToDate(node, migratePlayback(stored));
  const link = new AccountLink(RED, node, properties.session);
  const behavior = new PlaybackNode(RED, node, link, properties);
  onInput(node, (message, send) => behavior.input(message, send));
  runWithAccount(node, link, behavior);
}

class PlaybackNode implements AccountBehavior {
  readonly problem: SpotifyError | undefined;
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #link: AccountLink;
  readonly #settings: PlaybackSettings | undefined;
  readonly #status: Throttle;
  /** Messages are read in the order in which they come, although reading a context store takes time. */
  readonly #reading = new Serial();
  /** What the newest command does now; undefined if all are done. */
  #step: Step | undefined;
  #running = 0;
  /** What the last command led to. */
  #state: PlaybackState | undefined;
  #error: SpotifyError | undefined;
  /** The device that the last command named. */
  #device: string | undefined;
  readonly #closing = new AbortController();

  constructor(RED: NodeAPI, node: Node, link: AccountLink, properties: PlaybackNodeProperties) {
    this.#RED = RED;
    this.#node = node;
    this.#link = link;
    try {
      this.#settings = readPlaybackSettings(RED, properties);
    } catch (cause) {
      this.problem = unusable(cause);
    }
    const shown = new ShownStatus(node);
    const showStatus = guarded(node, () => {
      shown.show(
        composeStatus(RED, {
          account: link.facts(),
          problem: this.problem,
          step: this.#step,
          error: this.#error,
          device: this.#device,
          state: this.#state,
        }),
      );
    });
    this.#status = new Throttle(showStatus, STATUS_INTERVAL);
  }

  /** Carries out what a message asks for, and sends it on when that has happened. */
  async input(message: PlaybackMessage, send: Send): Promise<void> {
    clearFailure(message, FAILURE);
    this.#running++;
    try {
      const { request, outcome } = await this.#reading.run(() => this.#begin(message));
      const { state, devices, snapshot } = await outcome;
      this.#state = state;
      this.#error = undefined;
      const result = request.action === "devices" ? devices : snapshot;
      message.playback = structuredClone(state);
      if (result !== undefined) put(this.#RED, message, this.#settings!.output, structuredClone(result));
      send(message);
    } catch (cause) {
      throw this.#failed(message, cause);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#step = undefined;
      this.#showStatus();
    }
  }

  accountChanged(): void {
    if (this.#error && isOver(this.#error, this.#link.facts().session)) this.#error = undefined;
    this.#showStatus();
  }

  stop(): void {
    this.#closing.abort(new SpotifyError("CLOSED", "The node was closed: the flow was deployed or stopped."));
    this.#status.stop();
  }

  /** Hands the command to the session, which carries commands out in the order in which they come. */
  async #begin(message: PlaybackMessage): Promise<{ request: Request; outcome: Promise<Outcome> }> {
    if (this.problem) throw this.problem;
    const { player } = this.#link.session();
    const request = await requestOf(this.#RED, this.#node, message, this.#settings!);
    this.#device = request.device;
    this.#closing.signal.throwIfAborted();
    const outcome = player.command(request.action, request.value, {
      ...this.#settings!.options,
      signal: this.#closing.signal,
      ...(request.device !== undefined && { device: request.device }),
      onStep: guarded(this.#node, (step) => {
        this.#step = step;
        this.#showStatus();
      }),
    });
    outcome.catch(() => undefined);
    return { request, outcome };
  }

  #failed(message: PlaybackMessage, cause: unknown): SpotifyError {
    const failure = unusable(cause);
    this.#error = failure;
    tellFailure(message, failure, FAILURE);
    return failure;
  }

  #showStatus(): void {
    if (!this.#closing.signal.aborted) this.#status.request();
  }
}
