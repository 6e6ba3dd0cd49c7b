import type { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import { ACCOUNT_TOPIC, type AccountChanged } from "../shared/account-topic";
import { Throttle } from "../shared/throttle";

/** The editor is told of an account at most this often, ms. Each notice goes to every open editor. */
const INTERVAL = 250;

const watched = new WeakSet<EventEmitter>();

/** Tells open editors that an account has changed. */
export class EditorNotice extends Throttle {
  constructor(RED: Pick<NodeAPI, "comms">, account: string) {
    super(() => publish(RED, { account }), INTERVAL);
  }
}

/** Tells open editors when flows were started or stopped: any account may have been deployed, disabled or deleted. */
export function noticeDeploys(RED: Pick<NodeAPI, "comms" | "events">): void {
  if (watched.has(RED.events)) return;
  watched.add(RED.events);
  for (const event of ["flows:started", "flows:stopped"]) RED.events.on(event, () => publish(RED, {}));
}

function publish(RED: Pick<NodeAPI, "comms">, changed: AccountChanged): void {
  RED.comms.publish(ACCOUNT_TOPIC, changed, false);
}
