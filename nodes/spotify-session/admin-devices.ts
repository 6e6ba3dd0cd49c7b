import type { NodeAPI } from "node-red";
import { serveList } from "./admin-list";
import { watchPlaying } from "./playing-watch";
import type { SessionSettings } from "./settings";

/**
 * The devices of an account, as a list of `ListedDevice`: `GET spotify-session/<id>/devices`. No device is woken. The dialog
 * is told of changes for the next 30 s, and asks again before they are over.
 */
export function serveDevices(RED: NodeAPI<SessionSettings>): void {
  serveList(RED, "devices", (session, id) => {
    watchPlaying(RED, id, session);
    return session.player.devices();
  });
}
