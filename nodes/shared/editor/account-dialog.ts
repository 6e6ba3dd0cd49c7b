/** Opens an account's dialog from the dialog of a node that uses it, at a way of signing in. */
import type { RED as EditorRED } from "@node-red/editor-client";

declare const RED: EditorRED;

/** Tells the account's dialog the way of signing in to begin with. */
const WAY_WANTED = "spotify-session:sign-in";

/** The ways of signing in that the account's dialog offers. */
const WAY_NAMES = ["pair", "tap", "own-app", "import"] as const;

export type WayName = (typeof WAY_NAMES)[number];

/** @param id of the account; @param way of signing in to begin with; undefined: the dialog chooses */
export function openAccountDialog(id: string | undefined, way: WayName | undefined): void {
  RED.events.emit(WAY_WANTED, way);
  const pencil = document.getElementById("node-input-btn-session-edit");
  // Node-RED disables the pencil while an environment variable is chosen.
  if (pencil?.classList.contains("disabled") !== true) pencil?.click();
  else if (id !== undefined) RED.editor.editConfig("", "spotify-session", id, "");
}

/** Calls `listener` before the account's dialog is opened by `openAccountDialog`. */
export function onWayWanted(listener: (way: WayName | undefined) => void): void {
  RED.events.on(WAY_WANTED, (way: unknown) => listener(WAY_NAMES.find((name) => name === way)));
}
