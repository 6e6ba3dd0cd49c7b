/**
 * The key that encrypts the account's state file. It is made here because only what the editor saves with a
 * deploy becomes a credential on disk.
 */

/** 32 bytes from `random` as hex. `crypto.getRandomValues` exists on plain http too, where `crypto.subtle` does not. */
export function newStateKey(random: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const bytes = new Uint8Array(32);
  random(bytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
