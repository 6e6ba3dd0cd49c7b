/** Looks a text up in the node's own catalog; `key` is relative to the node's type. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;
