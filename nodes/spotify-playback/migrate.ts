import { migrate, withDefaults, type Migrated, type Step } from "../shared/migration";
import { DEFAULTS } from "./defaults";

const STEPS: readonly Step[] = [
  // A flow that was written by hand may name only what it needs.
  (stored) => withDefaults(stored, { ...DEFAULTS }),
  // A list of devices or a snapshot was always put into the payload.
  (stored) => withDefaults(stored, { output: DEFAULTS.output }),
];

/** What the property `version` of a spotify-playback is today. */
export const PLAYBACK_VERSION = STEPS.length;

/** The properties of a spotify-playback, of whatever version, in today's form. */
export function migratePlayback<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
