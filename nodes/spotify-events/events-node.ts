import type { Node, NodeAPI, NodeDef } from "node-red";
import type { SpotifyError } from "../../src";
import { AccountLink } from "../shared/account-link";
import { afterDeploys } from "../shared/after-deploy";
import { guarded } from "../shared/guarded";
import { wrongType } from "../shared/properties";
import { ShownStatus } from "../shared/shown-status";
import type { AccountUser } from "../shared/account-node";
import { upToDate } from "../shared/up-to-date";
import { stateEvent, type SpotifyEvent } from "./events";
import { eventKinds } from "./kinds";
import { migrateEvents } from "./migrate";
import { Throttle } from "../shared/throttle";
import { SessionWatch } from "./session-watch";
import { composeStatus } from "./status";

export interface EventsNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  kinds: string[];
  /** Which form these have; 0 where it is absent. */
  version?: number;
}

export type SpotifyEventsNode = Node & AccountUser;

/** Every status goes to every browser; a message for each event is for the flow to slow down. ms */
const STATUS_INTERVAL = 200;

/** Has a freshly created node tell its flow what happens to a session. */
export function makeEventsNode(RED: NodeAPI, node: SpotifyEventsNode, stored: EventsNodeProperties): void {
  const properties = upToDate(node, migrateEvents(stored));
  const link = new AccountLink(RED, node, properties.session);
  const wanted = new Set<string>(eventKinds(properties.kinds));
  const shown = new ShownStatus(node);
  const isWrong = properties.kinds !== undefined && !Array.isArray(properties.kinds);
  const ownProblem = isWrong ? wrongType("kinds", properties.kinds, "a list of kinds") : undefined;
  let isListening = false;
  let watch: SessionWatch | undefined;
  let toldProblem: SpotifyError | undefined;

  const status = new Throttle(
    guarded(node, () => {
      const facts = link.facts();
      shown.show(composeStatus(RED, { ...facts, problem: ownProblem ?? facts.problem }));
    }),
    STATUS_INTERVAL,
  );

  const tell = guarded(node, (event: SpotifyEvent) => {
    if (wanted.has(event.kind)) node.send({ topic: event.kind, payload: event });
  });

  /** Listens to the session that there is now: it may be another one than the last time. */
  function listen(): void {
    const { session, problem, missing } = link.facts();
    if (session && session !== watch?.session) {
      watch?.stop();
      watch = new SessionWatch(session, tell);
    }
    if (problem && !missing && problem.message !== toldProblem?.message)
      tell(stateEvent("closed", null, problem));
    toldProblem = problem;
  }

  node.accountChanged = () => {
    if (isListening) listen();
    status.request();
  };

  /** Not before every node is there: what is sent to one that is not yet made is lost. */
  const begin = guarded(node, () => {
    isListening = true;
    listen();
  });
  const stopWaiting = afterDeploys(RED.events, () => {
    stopWaiting();
    begin();
  });

  node.on("close", (done: () => void) => {
    stopWaiting();
    isListening = false;
    watch?.stop();
    status.stop();
    link.close(done);
  });

  if (ownProblem) node.error(ownProblem);
  link.open();
  status.request();
}
