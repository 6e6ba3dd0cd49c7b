import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import type { Action } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { readAction, type PlaybackSettings } from "./playback-settings";
import { valueOf } from "../shared/typed-value";

/** What a message asks for. */
export interface Request {
  action: Action;
  value: unknown;
  /** ID or name; undefined: the active one. */
  device: string | undefined;
}

const MAX_NAME = 256;

/** Reads it from the message and from the node. @throws SpotifyError INVALID_ARGUMENT */
export async function requestOf(
  RED: NodeAPI,
  node: Node,
  message: NodeMessageInFlow,
  settings: PlaybackSettings,
): Promise<Request> {
  const words = message as NodeMessageInFlow & { action?: unknown; device?: unknown };
  const action = settings.action ?? actionOf(words);
  const named = words.device ?? (await valueOf(RED, node, message, settings.device));
  return { action, value: await valueOf(RED, node, message, settings.value), device: deviceOf(named) };
}

function actionOf({ action, topic }: NodeMessageInFlow & { action?: unknown }): Action {
  return action === undefined
    ? readAction(topic, "msg.action or msg.topic")
    : readAction(action, "msg.action");
}

/** A name or an ID; also a device as spotify-playback lists it, and the device of a playback state. */
function deviceOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const { id } = typeof value === "object" ? (value as { id?: unknown }) : { id: value };
  if (typeof id === "string" && id.length <= MAX_NAME) return id.trim() || undefined;
  throw new SpotifyError("INVALID_ARGUMENT", "The device must be the name or the ID of a device, as a text.");
}
