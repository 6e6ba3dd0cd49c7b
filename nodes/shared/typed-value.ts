import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SpotifyError } from "../../src/core/errors";
import { messageProperty } from "./message-property";
import { textProperty, wrongType } from "./properties";

/** A property beside which its kind is stored, as Node-RED's typed inputs do. */
export interface Typed {
  name: string;
  text: string;
  kind: string;
}

const KINDS: ReadonlySet<string> = new Set([
  "str",
  "num",
  "bool",
  "json",
  "msg",
  "flow",
  "global",
  "env",
  "jsonata",
]);

/** @throws SpotifyError INVALID_ARGUMENT if the property or its kind cannot be right */
export function readTyped(properties: object, name: string, fallback: string): Typed {
  const kind = textProperty(properties, `${name}Type`, fallback);
  if (!KINDS.has(kind)) throw wrongType(`${name}Type`, kind, "a kind of value that this version knows");
  const value = (properties as Readonly<Record<string, unknown>>)[name] ?? "";
  // An environment variable may give a number.
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof text !== "string") throw wrongType(name, value, "a text");
  return { name, text, kind };
}

/**
 * What the property stands for in this message.
 * @throws SpotifyError INVALID_ARGUMENT if it cannot be read; the error does not quote it
 */
export async function valueOf(
  RED: NodeAPI,
  node: Node,
  message: NodeMessageInFlow,
  { name, text, kind }: Typed,
): Promise<unknown> {
  if (text === "" && kind !== "str") return undefined;
  try {
    if (kind === "msg") return messageProperty(RED, message, text);
    return await new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(text, kind, node, message, (error: Error | null, result: unknown) =>
        error ? reject(error) : resolve(result),
      );
    });
  } catch {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The property "${name}" cannot be read: correct it in the node's dialog.`,
    );
  }
}
