import type { KeymasterState } from "./keymaster-probe";

/** What was stored of keymaster, or undefined if it is malformed. */
export function parseKeymasterState(value: unknown): KeymasterState | undefined {
  const { serves, since } = (value ?? {}) as Partial<KeymasterState>;
  return typeof serves === "boolean" && typeof since === "number" ? { serves, since } : undefined;
}
