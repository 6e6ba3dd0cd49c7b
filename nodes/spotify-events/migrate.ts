import { migrate, withDefaults, type Migrated, type Step } from "../shared/migration";
import { EVENT_KINDS } from "./kinds";

const STEPS: readonly Step[] = [
  // A flow that was written by hand or by a program may have no list of kinds: the node reports all kinds then.
  (stored) => withDefaults(stored, { kinds: [...EVENT_KINDS] }),
];

/** What the property `version` of a spotify-events is today. */
export const EVENTS_VERSION = STEPS.length;

/** The properties of a spotify-events, of whatever version, in today's form. */
export function migrateEvents<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
