import type { NodeAPI } from "node-red";
import type { PlaybackState, Session } from "../../src";
import { findAccount } from "./accounts";
import { undeployedSession } from "./account-for";
import { watchPlaying } from "./playing-watch";
import type { SessionSettings } from "./settings";

/** As wide as the dialog shows it on a sharp screen, in pixels. */
const PICTURE_SIZE = 128;

/**
 * What an account plays, for its dialog: `GET spotify-session/<id>/playing`. The dialog is told of changes for the next
 * 30 s, and asks again before they are over.
 */
export function servePlaying(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/playing", mayRead, (request, response) => {
    const id = String(request.params["id"]);
    const node = findAccount(RED, id);
    node?.open();
    const session = node ? node.session : undeployedSession(RED, id, false);
    response.set("cache-control", "no-store");
    if (!session) {
      response.sendStatus(404);
      return;
    }
    watchPlaying(RED, id, session);
    void stateOf(session).then((state) => response.json({ playing: state ? shown(state) : null }));
  });
}

/** Undefined if it cannot be known, for example because the account is not signed in. */
async function stateOf({ player, signIns }: Session): Promise<PlaybackState | undefined> {
  await signIns.ready();
  return player.state ?? player.refresh().catch(() => undefined);
}

function shown({ status, title, artist, album, image, images, url, device }: PlaybackState): object {
  const fitting = images.filter(({ size }) => size !== null && size >= PICTURE_SIZE);
  const [smallest] = fitting.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0));
  return {
    status,
    title,
    artist,
    album,
    url,
    image: smallest?.url ?? image,
    device: device && { name: device.name, isPrivate: device.isPrivate },
  };
}
