/** Tells an open dialog that its account may have changed, so that the dialog asks Node-RED once. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { ACCOUNT_TOPIC } from "../account-topic";
import { isRecord } from "./record";

interface Comms {
  subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
  unsubscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
  on(event: "connect", listener: () => void): void;
  off(event: "connect", listener: () => void): void;
}

// The published typings lack `on` and `off`.
declare const RED: Omit<EditorRED, "comms"> & { comms: Comms };

export interface LiveFeed {
  /** @returns a function that removes the listener */
  listen(changed: () => void): () => void;
}

/**
 * The runtime says that an account has changed. Changes while the connection was lost are missed, so a new connection
 * counts as a change too.
 *
 * @param account the ID of the dialog's account at the moment
 * @param life ends with the dialog, and with it the subscription
 * @param topic of the changes: of the account, unless another one is named
 */
export function liveFeed(
  account: () => string | undefined,
  life: AbortSignal,
  topic = ACCOUNT_TOPIC,
): LiveFeed {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const receive = (_topic: string, data: unknown): void => {
    const changed = isRecord(data) ? data["account"] : undefined;
    if (changed === undefined || changed === account()) tell();
  };
  RED.comms.subscribe(topic, receive);
  RED.comms.on("connect", tell);
  life.addEventListener("abort", () => {
    listeners.clear();
    RED.comms.unsubscribe(topic, receive);
    RED.comms.off("connect", tell);
  });
  return {
    listen(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
  };
}
