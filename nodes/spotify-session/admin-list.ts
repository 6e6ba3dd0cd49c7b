import type { NodeAPI } from "node-red";
import type { Session } from "../../src";
import { accountFor } from "./account-for";
import { fromHere } from "./admin-guards";
import { describe } from "./described-error";
import type { SessionSettings } from "./settings";

/**
 * A list of an account, for a picker of the dialogs: `GET spotify-session/<id>/<name>`. Why it cannot be listed comes with
 * status 400, as the code and the sentence of an error. An account that no node uses is opened, so no page of another site
 * may ask.
 *
 * @param read asks Spotify. `id` is that of the account, as the editor knows it
 */
export function serveList(
  RED: NodeAPI<SessionSettings>,
  name: string,
  read: (session: Session, id: string) => Promise<readonly object[]>,
): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get(`/spotify-session/:id/${name}`, mayRead, fromHere, (request, response) => {
    const id = String(request.params["id"]);
    const account = accountFor(RED, id, false);
    response.set("cache-control", "no-store");
    if (!account) {
      response.sendStatus(404);
      return;
    }
    const ask = async (): Promise<void> => {
      await account.session.signIns.ready();
      response.json(await read(account.session, id));
    };
    ask().catch((cause: unknown) => response.status(400).json({ error: describe(cause) }));
  });
}
