import type { NodeAPI } from "node-red";
import { serveList } from "./admin-list";
import type { SessionSettings } from "./settings";

/** The devices of an account, as a list of `ListedDevice`: `GET spotify-session/<id>/devices`. No device is woken. */
export function serveDevices(RED: NodeAPI<SessionSettings>): void {
  serveList(RED, "devices", (session) => session.player.devices());
}
