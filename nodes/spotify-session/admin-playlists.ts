import type { NodeAPI } from "node-red";
import { serveList } from "./admin-list";
import type { SessionSettings } from "./settings";

/** The playlists in an account's library, as a list of `Playlist`: `GET spotify-session/<id>/playlists`. */
export function servePlaylists(RED: NodeAPI<SessionSettings>): void {
  serveList(RED, "playlists", (session) => session.player.playlists());
}
