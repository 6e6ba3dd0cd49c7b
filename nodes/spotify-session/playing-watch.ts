import type { NodeAPI } from "node-red";
import type { PlaybackChange, PlayerChange, Session } from "../../src";
import { PLAYING_TOPIC, type AccountChanged } from "../shared/account-topic";
import { Throttle } from "../shared/throttle";
import { PlayingDevices, type KnownDevice } from "./playing-devices";

/** A dialog that shows what plays asks again within this time, ms. */
export const LEASE = 30_000;
/** Open dialogs are told at most this often, ms. */
const INTERVAL = 500;
/** What the dialog shows of it. A volume that fades or a position would be told far too often. */
const SHOWN: ReadonlySet<PlaybackChange> = new Set(["track", "playback", "device", "devices", "details"]);

const watches = new WeakMap<Session, PlayingWatch>();

/**
 * Has open dialogs be told when something else plays, for 30 s from now on. There is one watch for each session, however
 * many dialogs ask.
 * @param account the ID of the account, as the editor knows it
 */
export function watchPlaying(
  RED: Pick<NodeAPI, "comms">,
  account: string,
  session: Session,
): Pick<PlayingWatch, "devices"> {
  let watch = watches.get(session);
  if (!watch) {
    watch = new PlayingWatch(session, () => watches.delete(session));
    watches.set(session, watch);
  }
  watch.renew(() => {
    const changed: AccountChanged = { account };
    RED.comms.publish(PLAYING_TOPIC, changed, false);
  });
  return watch;
}

class PlayingWatch {
  readonly #session: Session;
  readonly #ended: () => void;
  #tell: () => void = () => undefined;
  #lease: NodeJS.Timeout | undefined;
  readonly #notice = new Throttle(() => this.#tell(), INTERVAL);
  readonly #devices: PlayingDevices;

  constructor(session: Session, ended: () => void) {
    this.#session = session;
    this.#ended = ended;
    this.#devices = new PlayingDevices(session.player, this.#onNews);
    session.player.on("change", this.#onChange);
    session.player.on("trouble", this.#onNews);
    session.signIns.on("change", this.#onSignIn);
    session.on("state", this.#onState);
  }

  /** The devices as listed last. Dialogs are told when the next list is another one. */
  devices(): readonly KnownDevice[] {
    this.#devices.keepFresh();
    return this.#devices.known;
  }

  renew(tell: () => void): void {
    this.#tell = tell;
    clearTimeout(this.#lease);
    this.#lease = setTimeout(() => this.#end(), LEASE);
    this.#lease.unref();
  }

  readonly #onChange = ({ previous, changed }: PlayerChange): void => {
    if (!previous || changed.includes("devices") || changed.includes("device")) this.#devices.list();
    if (!previous || changed.some((change) => SHOWN.has(change))) this.#notice.request();
  };

  readonly #onNews = (): void => this.#notice.request();

  /** Another account may have been signed in. */
  readonly #onSignIn = (): void => {
    this.#devices.forget();
    this.#notice.request();
  };

  readonly #onState = ({ state }: { state: string }): void => {
    if (state === "closed") this.#end();
  };

  #end(): void {
    clearTimeout(this.#lease);
    this.#notice.stop();
    this.#devices.forget();
    const { player, signIns } = this.#session;
    player.off("change", this.#onChange);
    player.off("trouble", this.#onNews);
    signIns.off("change", this.#onSignIn);
    this.#session.off("state", this.#onState);
    this.#ended();
  }
}
