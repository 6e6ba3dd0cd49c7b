import { migrate, withDefaults, type Migrated, type Step } from "../shared/migration";
import { USUAL_CHANGES } from "./changes";

const STEPS: readonly Step[] = [
  // A flow that was written by hand may name only what it needs.
  (stored) => withDefaults(stored, { events: [...USUAL_CHANGES], atStart: true, tick: 0 }),
  // The state was always put into the payload.
  (stored) => withDefaults(stored, { output: "payload" }),
];

/** What the property `version` of a spotify-now-playing is today. */
export const NOW_PLAYING_VERSION = STEPS.length;

/** The properties of a spotify-now-playing, of whatever version, in today's form. */
export function migrateNowPlaying<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
