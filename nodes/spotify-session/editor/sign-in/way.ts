/** What the ways of signing in have in common. */
import type { LiveFeed } from "../../../shared/editor/live-feed";
import type { Translate } from "../../../shared/editor/translate";
import type { Ask } from "./api";

export interface WayOptions {
  ask: Ask;
  /** Gives up a sign-in, by its path, while the browser leaves the page. */
  giveUpOnLeaving(path: string): void;
  /** Tells when a sign-in may have ended. */
  changes: LiveFeed;
  /** Ends with the dialog. */
  life: AbortSignal;
  translate: Translate;
  /** The user begins to sign in this way. */
  begun(): void;
  /** The account was signed in this way. */
  signedIn(): void;
  /** What to say of a sign-in that was made. @param username undefined if Spotify does not say it yet */
  doneText(username: string | undefined): string;
}

export interface Way {
  /** Cancels a sign-in that is under way. @param isLeaving whether the browser leaves the page */
  abandon(isLeaving: boolean): void;
  /** Removes the message about the last sign-in, because the account was signed out. */
  reset(): void;
}

/** Shows that a way is done: what it said comes first, and the button that began it is quiet. */
export function showDone(panel: HTMLElement, begin: HTMLElement, isDone: boolean): void {
  panel.classList.toggle("spotify-done", isDone);
  begin.classList.toggle("primary", !isDone);
  if (isDone) panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
}
