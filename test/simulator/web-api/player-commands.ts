/**
 * Commands of the Web API to a device.
 * Source: developer.spotify.com, Web API reference, Player; the errors are quoted publicly by users.
 */
import type { HttpAnswer } from "../http";
import type { ItemEntry } from "../world/catalogue";
import { findContext, findItem } from "../world/content";
import { takeUp } from "../connect-state/take-up";
import type { SimulatedDevice } from "../world/devices";
import type { Playback, PlayOptions } from "../world/playback";
import { wholeNumber, type Call } from "./call";
import { restrictionsNow, type Restrictions } from "../world/restrictions";
import { isRecord, parseObject } from "./json";
import { refusal, violation } from "./refusal";

/** A command to a simulated device. */
export interface Order {
  call: Call;
  playback: Playback;
  /** The named device. */
  device: SimulatedDevice | undefined;
}

/** @returns undefined if the command was carried out */
export type Command = (order: Order) => HttpAnswer | undefined;

/** By method and path. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "PUT /v1/me/player": transfer,
  "PUT /v1/me/player/play": play,
  "PUT /v1/me/player/volume": volume,
  "PUT /v1/me/player/pause": onDevice(({ playback }) =>
    ifAllowed(playback, "disallowPausingReasons", () => playback.pause()),
  ),
  "POST /v1/me/player/next": onDevice(({ playback }) =>
    ifAllowed(playback, "disallowSkippingNextReasons", () => playback.next()),
  ),
  "POST /v1/me/player/previous": onDevice(({ playback }) =>
    ifAllowed(playback, "disallowSkippingPrevReasons", () => playback.previous()),
  ),
  "PUT /v1/me/player/seek": onDevice(seek),
  "PUT /v1/me/player/shuffle": onDevice(shuffle),
  "PUT /v1/me/player/repeat": onDevice(repeat),
  "POST /v1/me/player/queue": onDevice(queue),
};

/** The named device: in the body for a transfer, otherwise in the query. */
export function namedDevice({ query, body }: Call): string | undefined {
  const ids = parseObject(body)?.["device_ids"];
  const first: unknown = Array.isArray(ids) ? ids[0] : undefined;
  return query.get("device_id") ?? (typeof first === "string" ? first : undefined);
}

/** The named device becomes active first. */
function onDevice(command: Command): Command {
  return (order) => {
    if (order.device !== undefined && order.device !== order.playback.active) {
      moveTo(order.device, order);
    }
    return command(order);
  };
}

/** `play: false` keeps the state as it is; it does not pause. */
function transfer({ call, playback, device }: Order): HttpAnswer | undefined {
  const wanted = parseObject(call.body);
  const ids = wanted?.["device_ids"];
  if (!Array.isArray(ids) || device === undefined) return refusal(400, "Missing required field: device_ids");
  if (ids.length > 1) return refusal(400, "Only one device ID is supported");
  moveTo(device, { call, playback }, wanted?.["play"] === true);
  return undefined;
}

/** A registered device may play, which the model does not know. */
function moveTo(
  device: SimulatedDevice,
  { call, playback }: Pick<Order, "call" | "playback">,
  plays = false,
): void {
  const { cluster } = call;
  const { view } = cluster;
  if (cluster.find(cluster.activeDeviceId) !== undefined) {
    takeUp(view, device, playback, !plays && view.status !== "playing");
  } else if (plays) playback.play({ device });
  else playback.transfer(device);
}

function play({ call, playback, device }: Order): HttpAnswer | undefined {
  const wanted = call.body.trim() === "" ? {} : parseObject(call.body);
  if (wanted === undefined) return refusal(400, "Malformed json");
  const position: unknown = wanted["position_ms"];
  const options = whatToPlay(wanted);
  if (options === undefined) return refusal(404, "Resource not found");
  const isResumed = Object.keys(options).length === 0 && position === undefined;
  if (isResumed && (device ?? playback.active) === playback.active) {
    return ifAllowed(playback, "disallowResumingReasons", () => playback.resume());
  }
  playback.play({
    ...options,
    ...(typeof position === "number" && position >= 0 && { position }),
    ...(device !== undefined && { device }),
  });
  return undefined;
}

/** @returns undefined if this Spotify does not have it; if there is nothing to play, it means resume */
function whatToPlay(wanted: Record<string, unknown>): PlayOptions | undefined {
  const { context_uri: contextUri, uris } = wanted;
  if (typeof contextUri === "string") {
    const context = findContext(contextUri);
    const item = context && offsetIn(context.items, wanted["offset"]);
    return context && { context, ...(item !== undefined && { item }) };
  }
  if (!Array.isArray(uris)) return {};
  const items = uris.map((uri: unknown) => findItem(String(uri)));
  const known = items.filter((item) => item !== undefined);
  if (known.length === 0 || known.length < items.length) return undefined;
  return { items: known, item: offsetIn(known, wanted["offset"]) ?? 0 };
}

/** The number of the item to start with; an offset that does not exist is ignored. */
function offsetIn(items: readonly ItemEntry[], offset: unknown): number | undefined {
  if (!isRecord(offset)) return undefined;
  const { position, uri } = offset;
  const number = typeof position === "number" ? position : items.findIndex((item) => item.uri === uri);
  return items[number] === undefined ? undefined : number;
}

/** The same actions are impossible as in the cluster. */
function ifAllowed(
  { player }: Playback,
  reasons: keyof Restrictions,
  action: () => void,
): HttpAnswer | undefined {
  const isAllowed = restrictionsNow(player)[reasons]?.length === 0;
  return isAllowed ? done(action()) : violation();
}

function seek({ call, playback }: Order): HttpAnswer | undefined {
  const position = wholeNumber(call.query.get("position_ms"));
  if (position === undefined) return refusal(400, "Missing required field: position_ms");
  return ifAllowed(playback, "disallowSeekingReasons", () => playback.seek(position));
}

function volume({ call, playback, device = playback.active }: Order): HttpAnswer | undefined {
  const percent = volumePercent(call, device?.disableVolume === true);
  return typeof percent === "number" ? done(playback.setVolume(percent, device)) : percent;
}

/** The requested volume, or the reason why it cannot be set. */
export function volumePercent({ query }: Call, isDisabled: boolean): number | HttpAnswer {
  const percent = wholeNumber(query.get("volume_percent"));
  if (percent === undefined) return refusal(400, "Missing required field: volume_percent");
  if (percent > 100) return refusal(400, "Invalid volume_percent");
  if (!isDisabled) return percent;
  return refusal(403, "Player command failed: Cannot control device volume", "VOLUME_CONTROL_DISALLOW");
}

function shuffle({ call, playback }: Order): HttpAnswer | undefined {
  // Python writes "True": SpotifyPlus, the Home Assistant integration, has always sent that.
  const state = call.query.get("state")?.toLowerCase();
  if (state !== "true" && state !== "false") return refusal(400, "Missing required field: state");
  return ifAllowed(playback, "disallowTogglingShuffleReasons", () => playback.setShuffle(state === "true"));
}

function repeat({ call, playback }: Order): HttpAnswer | undefined {
  const state = call.query.get("state");
  if (state !== "off" && state !== "context" && state !== "track") {
    return refusal(400, "Missing required field: state");
  }
  if (state !== "context") return done(playback.setRepeat(state));
  return ifAllowed(playback, "disallowTogglingRepeatContextReasons", () => playback.setRepeat(state));
}

function queue({ call, playback }: Order): HttpAnswer | undefined {
  const item = findItem(call.query.get("uri") ?? "");
  return item === undefined ? refusal(400, "Invalid track uri: null") : done(playback.queue(item));
}

function done(_nothing: void): undefined {
  return undefined;
}
