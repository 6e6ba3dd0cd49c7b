import type { Node, NodeAPI, NodeDef } from "node-red";
import type { SpotifyError } from "../../src";
import type { SessionUser, SpotifySessionNode } from "../spotify-session/session-node";
import { upToDate } from "../spotify-session/up-to-date";
import { stateEvent, type SpotifyEvent } from "./events";
import { eventKinds } from "./kinds";
import { migrateEvents } from "./migrate";
import { Paced } from "./paced";
import { SessionWatch } from "./session-watch";
import { composeStatus } from "./status";

export interface EventsNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  kinds: string[];
  /** Which form these have; 0 where it is absent. */
  version?: number;
}

export type SpotifyEventsNode = Node & SessionUser;

/** Every status goes to every browser; a message for each event is for the flow to slow down. ms */
const STATUS_INTERVAL = 200;

/** Has a freshly created node tell its flow what happens to a session. */
export function makeEventsNode(RED: NodeAPI, node: SpotifyEventsNode, stored: EventsNodeProperties): void {
  const properties = upToDate(node, migrateEvents(stored));
  const sessionNode = RED.nodes.getNode(properties.session) as SpotifySessionNode | null;
  const wanted = new Set<string>(eventKinds(properties.kinds));
  let isListening = false;
  let watch: SessionWatch | undefined;
  let toldProblem: SpotifyError | undefined;
  let shown = "";

  const status = new Paced(() => {
    const composed = composeStatus(RED, {
      hasAccount: sessionNode !== null,
      session: sessionNode?.session,
      problem: sessionNode?.problem,
    });
    const key = JSON.stringify(composed);
    if (key === shown) return;
    shown = key;
    node.status(composed);
  }, STATUS_INTERVAL);

  function tell(event: SpotifyEvent): void {
    if (wanted.has(event.kind)) node.send({ topic: event.kind, payload: event });
  }

  /** Listens to the session that there is now: it may be another one than the last time. */
  function listen(): void {
    const session = sessionNode?.session;
    if (session && session !== watch?.session) {
      watch?.stop();
      watch = new SessionWatch(session, tell);
    }
    const problem = session ? undefined : sessionNode?.problem;
    if (problem && problem !== toldProblem) tell(stateEvent("closed", null, problem));
    toldProblem = problem;
  }

  node.sessionChanged = () => {
    if (isListening) listen();
    status.want();
  };

  /** Not before every node is there: what is sent to one that is not yet made is lost. */
  const begin = (): void => {
    isListening = true;
    listen();
  };
  RED.events.once("flows:started", begin);

  node.on("close", (done: () => void) => {
    RED.events.off("flows:started", begin);
    isListening = false;
    watch?.stop();
    status.stop();
    if (sessionNode) sessionNode.deregister(node, done);
    else done();
  });

  if (sessionNode) sessionNode.register(node);
  status.want();
}
