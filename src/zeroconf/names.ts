import { cleanName } from "../core/clean-name";

/** A DNS label holds 63 bytes. Six are kept free for the " (999)" that mDNS adds if a name is taken. */
const INSTANCE_BYTES = 63 - 6;

const DEFAULT_NAME = "Node-RED";

/** The name of a device in Spotify's apps. */
export function displayName(deviceName: string): string {
  return cleanName(deviceName) || DEFAULT_NAME;
}

/**
 * The name of a device in mDNS, which is one label. ciao reads a dot as the end of a label, and "(0)" as the number of a
 * name that was taken.
 */
export function instanceName(deviceName: string): string {
  const name = deviceName.replaceAll(".", " ").replace(/\((0+)\)\s*$/, "$1");
  return cleanName(name, INSTANCE_BYTES) || DEFAULT_NAME;
}
