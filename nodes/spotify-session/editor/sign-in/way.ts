/** What the ways of signing in have in common. */
import type { LiveFeed } from "../../../shared/editor/live-feed";
import type { Translate } from "../../../shared/editor/translate";
import type { Ask } from "./api";

export interface WayOptions {
  ask: Ask;
  /** Tells when a sign-in may have ended. */
  changes: LiveFeed;
  /** Ends with the dialog. */
  life: AbortSignal;
  translate: Translate;
  /** Somebody begins to sign in this way. */
  begun(): void;
  /** The account was signed in this way. */
  signedIn(): void;
  /** What to say of a sign-in that was made. @param username undefined if Spotify does not say it yet */
  doneText(username: string | undefined): string;
}

export interface Way {
  /** Tells Node-RED that what is under way need not be waited for. */
  abandon(): void;
  /** Says nothing any more of how it went: the account was signed out. */
  reset(): void;
}

/** Shows that a way is done: what it said comes first, and the button that began it is quiet. */
export function showDone(panel: HTMLElement, begin: HTMLElement, isDone: boolean): void {
  panel.classList.toggle("spotify-done", isDone);
  begin.classList.toggle("primary", !isDone);
  if (isDone) panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
}
