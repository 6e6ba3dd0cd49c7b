import { migrate, tidyClientId, withDefaults, type Migrated, type Step } from "../shared/migration";

const STEPS: readonly Step[] = [
  // 0.1.0, which had no field for the device's name and stored an empty one.
  (stored) => {
    const filled = withDefaults(stored, {
      clientId: "",
      followClientId: true,
      deviceName: "",
      connect: false,
    });
    const { clientId, deviceName } = filled;
    const isUnnamed = typeof deviceName === "string" && deviceName.trim() === "";
    return {
      ...filled,
      clientId: tidyClientId(clientId),
      deviceName: isUnnamed ? "Node-RED" : deviceName,
    };
  },
  // The port could not be chosen before.
  (stored) => withDefaults(stored, { port: "" }),
];

/** What the property `version` of a spotify-session is today. */
export const SESSION_VERSION = STEPS.length;

/** The properties of a spotify-session, of whatever version, in today's form. */
export function migrateSession<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}
