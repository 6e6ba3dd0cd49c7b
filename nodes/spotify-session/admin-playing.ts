import type { NodeAPI } from "node-red";
import type { PlaybackState, Session } from "../../src";
import { findAccount } from "./accounts";
import { undeployedSession } from "./account-for";
import { fromHere } from "./admin-guards";
import { describe } from "./described-error";
import type { KnownDevice } from "./playing-devices";
import { watchPlaying } from "./playing-watch";
import type { SessionSettings } from "./settings";

/** As wide as the dialog shows it on a sharp screen, in pixels. */
const PICTURE_SIZE = 128;

/**
 * What an account plays, and its devices, for its dialog: `GET spotify-session/<id>/playing`. The dialog is told of changes
 * for the next 30 s, and asks again before they are over. Only what the dialog shows is in the answer. An account that no
 * node uses is opened, so no page of another site may ask.
 */
export function servePlaying(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/playing", mayRead, fromHere, (request, response) => {
    const id = String(request.params["id"]);
    const node = findAccount(RED, id);
    node?.open();
    const session = node ? node.session : undeployedSession(RED, id, false);
    response.set("cache-control", "no-store");
    if (!session) {
      response.sendStatus(404);
      return;
    }
    const watch = watchPlaying(RED, id, session);
    void read(session).then(({ state, problem }) =>
      response.json({
        state: state ? shownState(state) : null,
        devices: state ? shownDevices(watch.devices(), state) : [],
        // An account that is not deployed yet follows no playback. That is no problem.
        problem: node && problem !== undefined ? describe(problem) : null,
      }),
    );
  });
}

/** Never rejects: without a state there is a problem. */
async function read({ player, signIns }: Session): Promise<{ state?: PlaybackState; problem?: unknown }> {
  await signIns.ready();
  if (player.state) return { state: player.state, problem: player.problem };
  return player.refresh().then(
    (state) => ({ state }),
    (problem: unknown) => ({ problem }),
  );
}

function shownState({ status, title, artist, album, image, images, device }: PlaybackState): object {
  const fitting = images.filter(({ size }) => size !== null && size >= PICTURE_SIZE);
  const [smallest] = fitting.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0));
  return {
    status,
    title,
    artist,
    album,
    image: smallest?.url ?? image,
    device: device && { name: device.name, type: device.type, isPrivate: device.isPrivate },
  };
}

/** The list is older than the state, which says what is active now. */
function shownDevices(devices: readonly KnownDevice[], { device: active }: PlaybackState): object[] {
  return devices.map(({ id, name, type, isAsleep }) => ({
    name,
    type,
    isActive: id === active?.id,
    isAsleep: isAsleep && id !== active?.id,
  }));
}
