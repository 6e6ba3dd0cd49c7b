import type { NodeAPI } from "node-red";
import type { PlaybackChange } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { checkOutput } from "../shared/outlet";
import { flagProperty, numberProperty, textProperty, wrongType } from "../shared/properties";
import { chosenChanges } from "./changes";
import { isTick, LONGEST_TICK, SHORTEST_TICK } from "./tick";

export interface NowPlayingSettings {
  events: ReadonlySet<PlaybackChange>;
  atStart: boolean;
  /** Seconds between two positions; 0: none are sent. */
  tick: number;
  /** The property of the message that the state is put into; empty: none. */
  output: string;
}

/** What a node's properties say. @throws SpotifyError INVALID_ARGUMENT if one of them holds something else */
export function readNowPlayingSettings(RED: NodeAPI, properties: object): NowPlayingSettings {
  const { events } = properties as { events?: unknown };
  if (!Array.isArray(events)) throw wrongType("events", events, "a list of changes");
  const tick = numberProperty(properties, "tick", 0);
  if (!isTick(tick)) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `The property "tick" is ${tick}: it must be 0 or from ${SHORTEST_TICK} to ${LONGEST_TICK} seconds.`,
    );
  }
  const output = textProperty(properties, "output", "payload");
  checkOutput(RED, output);
  return {
    events: new Set(chosenChanges(events)),
    atStart: flagProperty(properties, "atStart", true),
    tick,
    output,
  };
}
