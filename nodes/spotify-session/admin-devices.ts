import type { NodeAPI } from "node-red";
import { accountFor } from "./account-for";
import { describe } from "./described-error";
import type { SessionSettings } from "./settings";

/**
 * The devices of an account, for the picker of the dialogs: `GET spotify-session/<id>/devices`, as a list of `ListedDevice`.
 * Spotify is asked, but no device is woken.
 */
export function serveDevices(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/devices", mayRead, (request, response) => {
    const account = accountFor(RED, String(request.params["id"]), false);
    response.set("cache-control", "no-store");
    if (!account) {
      response.sendStatus(404);
      return;
    }
    const ask = async (): Promise<void> => {
      await account.session.signIns.ready();
      response.json(await account.session.player.devices());
    };
    ask().catch((cause: unknown) => response.status(400).json({ error: describe(cause) }));
  });
}
