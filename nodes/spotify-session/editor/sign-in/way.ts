/** What the ways of signing in have in common. */
import type { Translate } from "../translate";
import type { Ask } from "./api";

export interface WayOptions {
  ask: Ask;
  /** Ends with the dialog. */
  life: AbortSignal;
  translate: Translate;
  /** Somebody begins to sign in this way. */
  begun(): void;
  /** Somebody has been signed in this way. */
  signedIn(): void;
}

export interface Way {
  /** Tells Node-RED that what is under way need not be waited for. */
  abandon(): void;
}
