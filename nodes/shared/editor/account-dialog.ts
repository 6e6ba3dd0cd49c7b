/** Opens an account's dialog from the dialog of a node that uses it, at a way of signing in. */
import type { RED as EditorRED } from "@node-red/editor-client";

declare const RED: EditorRED;

/** Tells the account's dialog which sign-in the node needs. */
const SIGN_IN_WANTED = "spotify-session:sign-in";

/** The ways of signing in that the account's dialog offers. */
export type WayName = "pair" | "tap" | "own-app" | "import";

/** The sign-in that a node needs, which may not be stored yet. */
export interface WantedSignIn {
  /** Undefined: the account's dialog chooses. */
  way: WayName | undefined;
  scopes: readonly string[];
}

/** @param id of the account */
export function openAccountDialog(id: string | undefined, wanted: WantedSignIn): void {
  RED.events.emit(SIGN_IN_WANTED, wanted);
  const pencil = document.getElementById("node-input-btn-session-edit");
  // Node-RED disables the pencil while an environment variable is chosen.
  if (pencil?.classList.contains("disabled") !== true) pencil?.click();
  else if (id !== undefined) RED.editor.editConfig("", "spotify-session", id, "");
}

/** Calls `listener` before the account's dialog is opened by `openAccountDialog`. */
export function onSignInWanted(listener: (wanted: WantedSignIn) => void): void {
  RED.events.on(SIGN_IN_WANTED, (wanted: WantedSignIn) => listener(wanted));
}
