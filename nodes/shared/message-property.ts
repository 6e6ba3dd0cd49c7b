import type { NodeAPI } from "node-red";

/**
 * A property of a message, such as `payload.items[0]`; undefined also if the message has not even what it would be in.
 * @throws if it is no name of a property
 */
export function messageProperty(RED: NodeAPI, message: object, property: string): unknown {
  try {
    return RED.util.getMessageProperty(message as never, property) as unknown;
  } catch (cause) {
    if (cause instanceof TypeError) return undefined;
    throw cause;
  }
}
