/** The port on which Spotify's apps tap the account's device, as the property `port` holds it. Pure: the editor uses it too. */

const LARGEST = 65_535;

/** @returns 0 for any free port; undefined if it is not a port. A variable that has no value is any port. */
export function readPort(stored: unknown): number | undefined {
  const text = textOf(stored);
  if (text === undefined || !/^\d{0,5}$/.test(text)) return undefined;
  return Number(text) <= LARGEST ? Number(text) : undefined;
}

/** Whether the editor takes it: a port, or environment variables that stand for one. */
export function isPortSetting(stored: unknown): boolean {
  return readPort(stored) !== undefined || /^\$\{[^{}]+\}$/.test(textOf(stored) ?? "");
}

function textOf(stored: unknown): string | undefined {
  if (typeof stored === "string") return stored.trim();
  if (typeof stored === "number") return String(stored);
  return stored === undefined || stored === null ? "" : undefined;
}
