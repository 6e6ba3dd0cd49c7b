import type { Node, NodeAPI, NodeDef } from "node-red";
import type { SpotifyError } from "../../src";
import { runWithAccount, type AccountBehavior } from "../shared/account-behavior";
import { AccountLink } from "../shared/account-link";
import type { AccountUser } from "../shared/account-node";
import { afterDeploys } from "../shared/after-deploy";
import { guarded } from "../shared/guarded";
import { wrongType } from "../shared/properties";
import { ShownStatus, STATUS_INTERVAL } from "../shared/shown-status";
import { Throttle } from "../shared/throttle";
import { upToDate } from "../shared/up-to-date";
import { stateEvent, type SpotifyEvent } from "./events";
import { eventKinds } from "./kinds";
import { migrateEvents } from "./migrate";
import { SessionWatch } from "./session-watch";
import { composeStatus } from "./status";

export interface EventsNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  kinds: string[];
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

export type SpotifyEventsNode = Node & AccountUser;

/** Has a freshly created node tell its flow what happens to an account. */
export function makeEventsNode(RED: NodeAPI, node: SpotifyEventsNode, stored: EventsNodeProperties): void {
  const properties = upToDate(node, migrateEvents(stored));
  const link = new AccountLink(RED, node, properties.session);
  runWithAccount(node, link, new EventsNode(RED, node, link, properties.kinds));
}

class EventsNode implements AccountBehavior {
  readonly problem: SpotifyError | undefined;
  readonly #link: AccountLink;
  readonly #status: Throttle;
  readonly #send: (event: SpotifyEvent) => void;
  readonly #stopWaiting: () => void;
  #isListening = false;
  #watch: SessionWatch | undefined;
  #sentProblem: SpotifyError | undefined;

  constructor(RED: NodeAPI, node: Node, link: AccountLink, kinds: unknown) {
    const isWrong = kinds !== undefined && !Array.isArray(kinds);
    this.problem = isWrong ? wrongType("kinds", kinds, "a list of kinds") : undefined;
    this.#link = link;
    const wanted = new Set<string>(isWrong ? [] : eventKinds(kinds));
    this.#send = guarded(node, (event) => {
      if (wanted.has(event.kind)) node.send({ topic: event.kind, payload: event });
    });
    const shown = new ShownStatus(node);
    const showStatus = guarded(node, () => {
      const facts = link.facts();
      shown.show(composeStatus(RED, { ...facts, problem: this.problem ?? facts.problem }));
    });
    this.#status = new Throttle(showStatus, STATUS_INTERVAL);
    // A message to a node that does not exist yet would be lost.
    const begin = guarded(node, () => {
      this.#isListening = true;
      this.#listen();
    });
    this.#stopWaiting = afterDeploys(RED.events, () => {
      this.#stopWaiting();
      begin();
    });
  }

  accountChanged(): void {
    if (this.#isListening) this.#listen();
    this.#status.request();
  }

  stop(): void {
    this.#stopWaiting();
    this.#watch?.stop();
    this.#status.stop();
  }

  /** Listens to the account's present session, which may be another one than the last time. */
  #listen(): void {
    const { session, problem, missing } = this.#link.facts();
    if (session && session !== this.#watch?.session) {
      this.#watch?.stop();
      this.#watch = new SessionWatch(session, this.#send);
    }
    if (problem && !missing && problem.message !== this.#sentProblem?.message) {
      this.#send(stateEvent("closed", null, problem));
    }
    this.#sentProblem = problem;
  }
}
