import type { NodeMessage } from "node-red";
import type { PlaybackChange, PlaybackState, PlaybackStatus, PlayerChange } from "../../src";
import type { NowPlayingSettings } from "./now-playing-settings";

/** What the node says in a message. */
export interface NowPlayingMessage extends NodeMessage {
  /** `state`: the node was asked, or has just started. `tick`: only the position has moved. */
  topic: PlaybackChange | "state" | "tick";
  payload: PlaybackState;
  /** Everything that is different, most important first. Empty for `state` and `tick`. */
  changed: PlaybackChange[];
  /** The state before; null for `state` and `tick`. */
  previous: PreviousState | null;
}

export interface PreviousState {
  uri: string | null;
  status: PlaybackStatus;
  /** The name of the device. */
  device: string | null;
}

/** Each message has a copy of the state, because a flow may change what it is sent. */
export function stateMessage(topic: "state" | "tick", state: PlaybackState): NowPlayingMessage {
  return { topic, payload: structuredClone(state), changed: [], previous: null };
}

/**
 * The message for a change.
 * @returns undefined if it was not chosen
 */
export function messageFor(
  { state, previous, changed }: PlayerChange,
  { events, atStart }: Pick<NowPlayingSettings, "events" | "atStart">,
): NowPlayingMessage | undefined {
  if (!previous) return atStart ? stateMessage("state", state) : undefined;
  const topic = changed.find((change) => events.has(change));
  if (topic === undefined) return undefined;
  const { uri, status, device } = previous;
  return {
    topic,
    payload: structuredClone(state),
    changed: [...changed],
    previous: { uri, status, device: device?.name ?? null },
  };
}
