import type { NodeAPI, NodeStatus } from "node-red";
import type { PlaybackState, SpotifyError, Step } from "../../src";
import { accountStatus, type AccountFacts } from "../shared/account-status";
import { shortened } from "../shared/shortened";

/** What decides the status of a spotify-playback node. */
export interface StatusFacts {
  account: AccountFacts;
  /** The error in the node's own properties, if there is one. */
  problem: SpotifyError | undefined;
  /** What a command does now. */
  step: Step | undefined;
  /** What the last command failed with. */
  error: SpotifyError | undefined;
  /** The device that the last command named. */
  device: string | undefined;
  /** What the last command led to. */
  state: PlaybackState | undefined;
}

const LONGEST_NAME = 20;

/** Red: something is wrong. Yellow: it works on a command. Green and grey dots: what the last command led to. */
export function composeStatus(RED: Pick<NodeAPI, "_">, facts: StatusFacts): NodeStatus {
  const { account, problem, step, error, device, state } = facts;
  const text = (key: string, values?: Record<string, string>): string =>
    RED._(`spotify-playback.${key}`, values);
  const ofAccount = accountStatus(text, { ...account, problem: problem ?? account.problem });
  if (ofAccount) return ofAccount;
  const name = shortened(step?.device ?? device ?? "", LONGEST_NAME);
  if (step) {
    return { fill: "yellow", shape: "dot", text: text(`step.${step.name}`, { device: name }) };
  }
  if (error) {
    const isMissing = error.code === "DEVICE_NOT_FOUND" && name !== "";
    const words = isMissing ? text("status.notFound", { device: name }) : text(`errors.${error.code}`);
    return { fill: "red", shape: "ring", text: words };
  }
  if (!state) return {};
  if (state.device === null) return { fill: "grey", shape: "ring", text: text("status.idle") };
  const words = [state.playing ? "▶" : "⏸"];
  if (state.device.name !== null) words.push(shortened(state.device.name, LONGEST_NAME));
  if (state.volume !== null) words.push(`${state.volume} %`);
  return { fill: state.playing ? "green" : "grey", shape: "dot", text: words.join(" ") };
}
