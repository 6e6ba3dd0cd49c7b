import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SpotifyError } from "../../src/core/errors";
import { toUri } from "../../src/playback/links";

/**
 * `{playlist_id}`, and as the core http request node writes it: `{{payload.id}}`, `{{{payload.id}}}`. `${PLAYLIST}` is an
 * environment variable: Node-RED itself replaces only a whole text.
 */
const NAME = /(\$?)\{{1,3}\s*([^{}\s]{1,200})\s*\}{1,3}/g;
const LONGEST_VALUE = 1_000;

/**
 * A path in which each name in braces is replaced by what it stands for: the property of the message or the environment
 * variable that has this name. A Spotify URI or address there gives its ID.
 *
 * @throws SpotifyError INVALID_ARGUMENT if there is no such value, or if it is neither a text nor a number
 */
export function filledPath(RED: NodeAPI, node: Node, message: NodeMessageInFlow, path: string): string {
  return path.replace(NAME, (_, dollar: string, name: string) => {
    const isVariable = dollar !== "";
    const value = isVariable
      ? (RED.util.getSetting(node, name) as unknown)
      : propertyOf(RED, message, name.replace(/^msg\./, ""));
    if (typeof value === "number") return String(value);
    const shown = name.slice(0, 60);
    const place = isVariable ? `The environment variable ${shown}` : `msg.${shown}`;
    if (typeof value === "string" && value.trim() !== "" && value.length <= LONGEST_VALUE) {
      const id = idOf(value.trim());
      // These would lead to another call.
      if (id !== "." && id !== "..") return encodeURIComponent(id);
      throw new SpotifyError("INVALID_ARGUMENT", `${place} is no ID.`);
    }
    throw new SpotifyError("INVALID_ARGUMENT", `${place} is missing: the path needs it for {${shown}}.`);
  });
}

function propertyOf(RED: NodeAPI, message: NodeMessageInFlow, name: string): unknown {
  try {
    return RED.util.getMessageProperty(message, name) as unknown;
  } catch {
    return undefined;
  }
}

/** The ID of a Spotify URI or of an address on open.spotify.com; any other text as it is. */
function idOf(text: string): string {
  const uri = toUri(text);
  return uri === undefined ? text : uri.slice(uri.lastIndexOf(":") + 1);
}
