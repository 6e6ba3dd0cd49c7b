import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import type { PlaybackState, PlayerChange, SpotifyError } from "../../src";
import { runWithAccount, type AccountBehavior } from "../shared/account-behavior";
import { AccountLink } from "../shared/account-link";
import type { AccountUser } from "../shared/account-node";
import { afterDeploys } from "../shared/after-deploy";
import { guarded } from "../shared/guarded";
import { onInput, unusable, type Send } from "../shared/on-input";
import { put } from "../shared/outlet";
import { ShownStatus, STATUS_INTERVAL } from "../shared/shown-status";
import { Throttle } from "../shared/throttle";
import { upToDate } from "../shared/up-to-date";
import { messageFor, stateMessage, type NowPlayingMessage } from "./messages";
import { migrateNowPlaying } from "./migrate";
import { readNowPlayingSettings, type NowPlayingSettings } from "./now-playing-settings";
import { PlayerWatch, type PlayerListener } from "./player-watch";
import { composeStatus } from "./status";
import { Ticker } from "./ticker";

export interface NowPlayingNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  /** Words of PLAYBACK_CHANGES. */
  events: string[];
  /** Whether the state is sent after a deploy. */
  atStart: boolean;
  /** Seconds between two positions while playing; 0: none are sent. */
  tick: number;
  /** The property of the message that the state is put into; empty: none. */
  output: string;
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

export type SpotifyNowPlayingNode = Node & AccountUser;

/** Has a freshly created node tell its flow what an account plays. */
export function makeNowPlayingNode(
  RED: NodeAPI,
  node: SpotifyNowPlayingNode,
  stored: NowPlayingNodeProperties,
): void {
  const properties = upToDate(node, migrateNowPlaying(stored));
  const link = new AccountLink(RED, node, properties.session);
  const behavior = new NowPlayingNode(RED, node, link, properties);
  onInput(node, (message, send) => behavior.input(message, send));
  runWithAccount(node, link, behavior);
}

class NowPlayingNode implements AccountBehavior {
  readonly problem: SpotifyError | undefined;
  readonly #RED: NodeAPI;
  readonly #link: AccountLink;
  readonly #settings: NowPlayingSettings | undefined;
  readonly #status: Throttle;
  readonly #ticker: Ticker | undefined;
  readonly #send: (message: NowPlayingMessage) => void;
  readonly #listener: PlayerListener;
  readonly #stopWaiting: () => void;
  #isRunning = false;
  #watch: PlayerWatch | undefined;
  /** What the last message failed with. */
  #error: SpotifyError | undefined;

  constructor(RED: NodeAPI, node: Node, link: AccountLink, properties: NowPlayingNodeProperties) {
    this.#RED = RED;
    this.#link = link;
    try {
      this.#settings = readNowPlayingSettings(RED, properties);
    } catch (cause) {
      this.problem = unusable(cause);
    }
    const { tick = 0 } = this.#settings ?? {};
    const sendPosition = guarded(node, () => this.#tick());
    if (tick > 0) this.#ticker = new Ticker(tick * 1000, sendPosition);
    this.#send = (message) => node.send(this.#filled({}, message));
    this.#listener = {
      changed: guarded(node, (change: PlayerChange) => this.#changed(change)),
      troubled: guarded(node, () => this.#status.request()),
    };
    const shown = new ShownStatus(node);
    const showStatus = guarded(node, () => {
      shown.show(composeStatus(RED, { account: link.facts(), problem: this.problem, error: this.#error }));
    });
    this.#status = new Throttle(showStatus, STATUS_INTERVAL);
    // A message to a node that does not exist yet would be lost.
    const begin = guarded(node, () => {
      this.#isRunning = true;
      this.#listen();
    });
    this.#stopWaiting = afterDeploys(RED.events, () => {
      this.#stopWaiting();
      begin();
    });
  }

  /** Sends the state in the message that asks for it. */
  async input(message: NodeMessageInFlow, send: Send): Promise<void> {
    try {
      const state = await this.#currentState(message.payload === "refresh");
      send(this.#filled(message, stateMessage("state", state)));
      this.#error = undefined;
    } catch (cause) {
      this.#error = unusable(cause);
      throw this.#error;
    } finally {
      // The answer may come after the node was closed.
      if (this.#isRunning) this.#status.request();
    }
  }

  accountChanged(): void {
    if (this.#isRunning) this.#listen();
    if (this.#link.facts().session?.state === "ready") this.#error = undefined;
    this.#status.request();
  }

  stop(): void {
    this.#stopWaiting();
    this.#isRunning = false;
    this.#watch?.stop();
    this.#ticker?.stop();
    this.#status.stop();
  }

  /** Listens to the account's present session, which may be another one than the last time. */
  #listen(): void {
    const { session } = this.#link.facts();
    if (!this.#settings || session === this.#watch?.session) return;
    this.#watch?.stop();
    this.#watch = session && new PlayerWatch(session, this.#listener);
  }

  async #currentState(isRefreshed: boolean): Promise<PlaybackState> {
    if (this.problem) throw this.problem;
    const { player } = this.#link.session();
    return (isRefreshed ? undefined : player.state) ?? player.refresh();
  }

  #changed(change: PlayerChange): void {
    const message = messageFor(change, this.#settings!);
    if (message) this.#send(message);
    this.#error = undefined;
    if (change.state.playing) this.#ticker?.start();
    else this.#ticker?.stop();
    this.#status.request();
  }

  /** Fills in what the node says, the state where the user wants it. @throws if it cannot be written there */
  #filled<Message extends object>(message: Message, { payload, ...said }: NowPlayingMessage): Message {
    Object.assign(message, said);
    put(this.#RED, message, this.#settings!.output, payload);
    return message;
  }

  #tick(): void {
    const state = this.#link.facts().session?.player.state;
    if (state?.playing === true) this.#send(stateMessage("tick", state));
    else this.#ticker?.stop();
  }
}
