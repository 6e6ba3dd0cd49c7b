import { cleanName } from "../core/clean-name";

/** A DNS label holds 63 bytes; the six kept free are for the " (999)" that mDNS adds where a name is taken. */
const INSTANCE_BYTES = 63 - 6;

const DEFAULT_NAME = "Node-RED";

/** What a device is called in Spotify's apps. */
export function displayName(deviceName: string): string {
  return cleanName(deviceName) || DEFAULT_NAME;
}

/**
 * What a device is called in mDNS, where a name is one label. ciao, which announces it, takes a dot for the end of a
 * label, and "(0)" for the number of a name that was taken.
 */
export function instanceName(deviceName: string): string {
  const name = deviceName.replaceAll(".", " ").replace(/\((0+)\)\s*$/, "$1");
  return cleanName(name, INSTANCE_BYTES) || DEFAULT_NAME;
}
