import {
  PLAYBACK_CHANGES,
  type PlaybackChange,
  type PlaybackDevice,
  type PlaybackState,
} from "./playback-state";
import { positionAt } from "./position";
import type { Reading } from "./reading";

/** A position that differs from the computed one by more than this is a jump, ms. */
const MAX_DRIFT = 2_000;

/** What is different between two readings, most important first. A position that moves as time passes is no difference. */
export function differences(before: Reading, after: Reading): PlaybackChange[] {
  return PLAYBACK_CHANGES.filter((change) => IS_DIFFERENT[change](before, after));
}

const IS_DIFFERENT: Readonly<Record<PlaybackChange, (before: Reading, after: Reading) => boolean>> = {
  track: (before, after) => !isSameItem(before.state, after.state),
  playback: (before, after) => before.state.status !== after.state.status,
  device: (before, after) => before.state.device?.id !== after.state.device?.id,
  context: (before, after) => before.state.context?.uri !== after.state.context?.uri,
  volume: (before, after) => before.state.volume !== after.state.volume,
  shuffle: ({ state: before }, { state: after }) =>
    before.shuffle !== after.shuffle || before.smartShuffle !== after.smartShuffle,
  repeat: (before, after) => before.state.repeat !== after.state.repeat,
  position: hasJumped,
  queue: (before, after) => queueText(before.state) !== queueText(after.state),
  devices: (before, after) =>
    devicesText(before.devices) !== devicesText(after.devices) || isActiveDeviceAltered(before, after),
  details: ({ state: before }, { state: after }) =>
    (isSameItem(before, after) && detailsText(before) !== detailsText(after)) ||
    (before.context?.uri === after.context?.uri && before.context?.name !== after.context?.name) ||
    (queueText(before) === queueText(after) && queueNames(before) !== queueNames(after)),
};

/** An item of the Web API may have no URI, such as an advert. */
function isSameItem(before: PlaybackState, after: PlaybackState): boolean {
  return before.uri === after.uri && before.type === after.type;
}

function hasJumped(before: Reading, after: Reading): boolean {
  if (!isSameItem(before.state, after.state)) return false;
  if (before.state.status === "idle" || after.state.status === "idle") return false;
  const expected = positionAt(before, after.receivedAt);
  const { position } = after.state;
  return expected !== null && position !== null && Math.abs(position - expected) > MAX_DRIFT;
}

function detailsText({ title, artists, album, albumUri, duration, images }: PlaybackState): string {
  return JSON.stringify([title, artists, album, albumUri, duration, images]);
}

function queueText({ queue }: PlaybackState): string {
  return JSON.stringify(queue && queue.map(({ uri, queued }) => [uri, queued]));
}

function queueNames({ queue }: PlaybackState): string {
  return JSON.stringify(queue && queue.map(({ title, artist }) => [title, artist]));
}

/** In any order. */
function devicesText(devices: readonly PlaybackDevice[]): string {
  return devices.map(deviceText).toSorted().join("\n");
}

/** Without the volume: that of the active device is a change of its own. */
function deviceText({ id, name, type, canSetVolume, isPrivate }: PlaybackDevice): string {
  return JSON.stringify([id, name, type, canSetVolume, isPrivate]);
}

/** The active device is not in the list if it is hidden, or if the Web API is the source. */
function isActiveDeviceAltered(
  { state: { device: before } }: Reading,
  { state: { device: after } }: Reading,
) {
  return before !== null && before.id === after?.id && deviceText(before) !== deviceText(after);
}
