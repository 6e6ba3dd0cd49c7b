import type { Scene } from "../../../src/playback/scene";
import type { PlaybackState } from "../../../src/player/playback-state";
import { readPlayer } from "../../../src/player/web-api-reading";
import { PLAYING } from "../../player/web-api-documents";
import { device } from "./living-room";

/** The device that the scenes of these tests are about. */
export const KITCHEN = device("Kitchen");
/** Another device of the account. */
export const STUDY = device("Study");

const STATE: PlaybackState = { ...readPlayer(PLAYING, undefined, null).state, device: KITCHEN, at: 0 };

/** What Spotify pushes: the kitchen plays a track of a playlist, except for these changes. */
export function pushed(state: Partial<PlaybackState> = {}, scene: Partial<Scene> = {}): Scene {
  return {
    state: { ...STATE, source: "push", queue: [], denied: {}, ...state },
    targets: [KITCHEN, STUDY],
    playbackId: "1",
    serverTime: 1,
    ackId: undefined,
    ...scene,
  };
}

/** The same as the Web API gives it. */
export function polled(state: Partial<PlaybackState> = {}): Scene {
  return pushed(
    { source: "web-api", queue: null, denied: null, ...state },
    { playbackId: undefined, serverTime: undefined },
  );
}
