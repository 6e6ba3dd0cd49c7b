import type { SliceStore } from "./slice-store";
import type { SharedAccount } from "./redis-store";

/** Where accounts are kept that several instances share, as the administrator gives it in settings.js. */
export interface SharedStore {
  /** What seals the state of an account that has no key of its own; undefined if none was given. */
  readonly secret: string | undefined;
  /** Opens an account's state. @throws SpotifyError INVALID_ARGUMENT if it cannot be used at all */
  open(account: SharedAccount): SliceStore;
  /** Forgets an account that was deleted, unless another instance uses it. @throws what the server answers */
  delete(accountId: string): Promise<void>;
}

/** Whether a value of settings.js is such a store: it may come from another copy of this package. */
export function isSharedStore(value: unknown): value is SharedStore {
  const { open, delete: forget } = (value ?? {}) as Partial<Record<keyof SharedStore, unknown>>;
  return typeof open === "function" && typeof forget === "function";
}
