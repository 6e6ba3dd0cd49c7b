import type { RED as EditorRED } from "@node-red/editor-client";

declare const RED: EditorRED;

/** Looks a text up in the node's own catalog; `key` is relative to the node's type. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The texts of a node of another type, for parts that several dialogs share. */
export function textsOf(type: string): Translate {
  return (key, values) => {
    const definition = RED.nodes.getType(type) as { _?: Translate } | undefined;
    return definition?._?.(`${type}.${key}`, values) ?? key;
  };
}
