/** What a new spotify-playback does. The editor bundles this file, which imports nothing. */
export const DEFAULTS = {
  action: "play",
  device: "",
  deviceType: "str",
  value: "payload",
  valueType: "msg",
  wake: true,
  confirm: true,
  /** Seconds. */
  timeout: 8,
  route: "auto",
  /** The property of the message that a list of devices or a snapshot is put into. */
  output: "payload",
} as const;

/** Seconds. */
export const SHORTEST_TIMEOUT = 1;
export const LONGEST_TIMEOUT = 120;

export function isTimeout(seconds: number): boolean {
  return seconds >= SHORTEST_TIMEOUT && seconds <= LONGEST_TIMEOUT;
}
