import type { NodeAPI, NodeMessage } from "node-red";
import { SpotifyError } from "../../src/core/errors";
import { messageProperty } from "./message-property";

/**
 * Checks the property of the message that a result is put into; an empty one means that it is put nowhere.
 * @throws SpotifyError INVALID_ARGUMENT if it is not the path of a property
 */
export function checkOutput(RED: NodeAPI, property: string): void {
  if (property === "") return;
  try {
    RED.util.normalisePropertyExpression(property);
  } catch (cause) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The result cannot be put into "${property}": it is no property.`,
      { cause },
    );
  }
}

/** Puts a result into a property of a message. @throws if the message does not let it be written */
export function put(RED: NodeAPI, msg: object, property: string, result: unknown): void {
  if (property === "") return;
  if (!isSet(RED, msg, property, result)) {
    const message = `The result cannot be put into msg.${property} of this message.`;
    throw new SpotifyError("INVALID_ARGUMENT", message);
  }
}

function isSet(RED: NodeAPI, msg: object, property: string, result: unknown): boolean {
  // Nearly every result goes there, and Node-RED would parse the name for each message.
  if (property === "payload") return Reflect.set(msg, property, result);
  // Node-RED does not report a parent that is not an object, or a property that is read-only.
  RED.util.setMessageProperty(msg as NodeMessage, property, result, true);
  return messageProperty(RED, msg, property) === result;
}
