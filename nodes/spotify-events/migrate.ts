import { migrate, withDefaults, type Migrated, type Step } from "../shared/migration";
import { EVENT_KINDS } from "./kinds";

const STEPS: readonly Step[] = [
  // Written by hand, or by a program: the runtime takes no kinds for every one.
  (stored) => withDefaults(stored, { kinds: [...EVENT_KINDS] }),
];

/** What the property `version` of a spotify-events is today. */
export const EVENTS_VERSION = STEPS.length;

/** The properties of a spotify-events, of whatever version, in today's form. */
export function migrateEvents<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
