/**
 * Commands of the Web API to a registered device: the device receives them over its dealer
 * connection. The answer comes at once: it means handed on, not done (spotify/web-api#654).
 * Sources: librespot core/src/dealer/protocol/request.rs; go-librespot dealer/recv.go.
 */
import { isRecord, parseObject } from "./json";
import { transferCommand } from "../connect-state/member-command";
import type { Call } from "./call";

/** By method and path. @returns the command; undefined if there is no such command */
export function memberCommand(name: string, { query, body, cluster }: Call): object | undefined {
  const value = query.get("state") === "true";
  const position = Number(query.get("position_ms") ?? 0);
  switch (name) {
    case "PUT /v1/me/player": {
      const options = { restore_paused: parseObject(body)?.["play"] === true ? "resume" : "restore" };
      return transferCommand(cluster.playerState, { options }, "");
    }
    case "PUT /v1/me/player/play":
      return playCommand(parseObject(body) ?? {});
    case "PUT /v1/me/player/pause":
      return { endpoint: "pause" };
    case "POST /v1/me/player/next":
      return { endpoint: "skip_next" };
    case "POST /v1/me/player/previous":
      return { endpoint: "skip_prev" };
    case "PUT /v1/me/player/seek":
      return { endpoint: "seek_to", value: position, position };
    case "PUT /v1/me/player/shuffle":
      return { endpoint: "set_shuffling_context", value };
    case "PUT /v1/me/player/repeat":
      return {
        endpoint: "set_options",
        repeating_context: query.get("state") === "context",
        repeating_track: query.get("state") === "track",
      };
    case "POST /v1/me/player/queue":
      return { endpoint: "add_to_queue", track: { uri: query.get("uri") ?? "", uid: "", metadata: {} } };
    default:
      return undefined;
  }
}

function playCommand(wanted: Record<string, unknown>): object {
  const context = contextOf(wanted);
  if (context === undefined) return { endpoint: "resume" };
  const { offset, position_ms: position } = wanted;
  return {
    endpoint: "play",
    context,
    play_origin: { feature_identifier: "web-api" },
    options: { skip_to: skipTo(offset), ...(typeof position === "number" && { seek_to: position }) },
    play_options: { reason: "interactive", operation: "replace", trigger: "immediately" },
  };
}

/** librespot plays the tracks of the pages only if the context has no URI. Source: `handle_request` in its spirc.rs. */
function contextOf({ context_uri: uri, uris }: Record<string, unknown>): object | undefined {
  if (typeof uri === "string") return { uri, url: `context://${uri}`, metadata: {} };
  if (!Array.isArray(uris)) return undefined;
  return { metadata: {}, pages: [{ tracks: uris.map((one) => ({ uri: String(one) })) }] };
}

function skipTo(offset: unknown): object {
  if (!isRecord(offset)) return {};
  const { position, uri } = offset;
  if (typeof position === "number") return { track_index: position };
  return typeof uri === "string" ? { track_uri: uri } : {};
}
