/** What people put behind our nodes most often. Pure. */

/** A node as an exported flow holds it, without a place. */
export interface SuggestedNode {
  id: string;
  type: string;
  wires?: string[][];
  [property: string]: unknown;
}

export interface SuggestedFlow {
  /** The catalog key of its label, below `suggestion.`. */
  key: string;
  nodes: SuggestedNode[];
}

/** The source node: its type, and the properties that matter here. */
export interface SuggestionSource {
  type: string;
  all?: unknown;
}

/** @returns flows that begin with a node to be wired to the source; none for other packages' nodes */
export function suggestedFlows({ type, all }: SuggestionSource): SuggestedFlow[] {
  switch (type) {
    case "spotify-now-playing":
      return [
        one("playing", switchOn("payload.status", ["playing", "paused", "idle"])),
        one("title", setPayload('payload.title & " · " & payload.artist')),
      ];
    case "spotify-token":
      return [
        one("httpRequest", {
          id: "request",
          type: "http request",
          method: "GET",
          ret: "obj",
          url: "https://api.spotify.com/v1/me",
        }),
      ];
    case "spotify-request":
      return [
        all === true ? one("eachItem", split()) : chain("eachItem", setPayload("payload.items"), split()),
      ];
    case "spotify-events":
      return [one("kind", switchOn("topic", ["state", "client-id", "sign-in", "sign-in-expiring"]))];
    default:
      return [];
  }
}

function one(key: string, node: SuggestedNode): SuggestedFlow {
  return { key, nodes: [node] };
}

function chain(key: string, first: SuggestedNode, second: SuggestedNode): SuggestedFlow {
  const wired = { ...first, x: 0, y: 0, wires: [[second.id]] };
  return { key, nodes: [wired, { ...second, x: 220, y: 0 }] };
}

function switchOn(property: string, values: readonly string[]): SuggestedNode {
  return {
    id: "switch",
    type: "switch",
    property,
    propertyType: "msg",
    rules: values.map((v) => ({ t: "eq", v, vt: "str" })),
    checkall: "false",
    repair: false,
    outputs: values.length,
    wires: values.map(() => []),
  };
}

function setPayload(expression: string): SuggestedNode {
  return {
    id: "change",
    type: "change",
    rules: [{ t: "set", p: "payload", pt: "msg", to: expression, tot: "jsonata" }],
    wires: [[]],
  };
}

function split(): SuggestedNode {
  return { id: "split", type: "split", wires: [[]] };
}
