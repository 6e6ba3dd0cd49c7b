import { migrate, withDefaults, type Migrated, type Step } from "../shared/migration";
import { DEFAULTS } from "./defaults";

const STEPS: readonly Step[] = [
  // A flow that was written by hand may name only what it needs.
  (stored) => withDefaults(stored, { ...DEFAULTS }),
];

/** What the property `version` of a spotify-request is today. */
export const REQUEST_VERSION = STEPS.length;

/** The properties of a spotify-request, of whatever version, in today's form. */
export function migrateRequest<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
