import { SingleFlight } from "../async/single-flight";
import type { Follower } from "../connect-state/follower";
import type { RemoteControl } from "../connect-state/remote-control";
import type { Scene, SceneSource } from "./scene";

/** Spotify's apps ask no sooner again, ms. Source: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md. */
const AGAIN_AFTER = 5_000;

export interface DeviceWakerOptions {
  remoteControl: Pick<RemoteControl, "wakeDevices">;
  follower: Pick<Follower, "refresh" | "connectionId">;
  scenes: Pick<SceneSource, "now">;
}

/**
 * Has Spotify wake the account's apps that are asleep, as Spotify's apps do when a person opens their list of devices.
 * Needs the internal route.
 */
export class DeviceWaker {
  readonly #options: DeviceWakerOptions;
  readonly #flights = new SingleFlight<"wake", void>();
  /** When Spotify was asked last, and on which dealer connection: another account has another one. */
  #last: { at: number; connectionId: string | undefined } | undefined;

  constructor(options: DeviceWakerOptions) {
    this.#options = options;
  }

  /**
   * Asks Spotify once; the devices appear in later scenes, within 8 to 20 s. Asks at most once in 5 s: those who call
   * meanwhile share that.
   *
   * @param signal must bound the waiting, because a connection is waited for
   * @returns what holds now
   * @throws SpotifyError REQUEST_REFUSED; as `Spclient.request`, `Follower.refresh` and `SceneSource.now`; or the abort
   *   reason of `signal`
   */
  async wake(signal: AbortSignal): Promise<Scene> {
    if (!this.#wasJustAsked()) await this.#flights.join("wake", signal, (either) => this.#ask(either));
    return this.#options.scenes.now(signal);
  }

  #wasJustAsked(): boolean {
    const last = this.#last;
    return (
      last !== undefined &&
      performance.now() - last.at < AGAIN_AFTER &&
      last.connectionId === this.#options.follower.connectionId
    );
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { follower, remoteControl } = this.#options;
    await Promise.all([remoteControl.wakeDevices(signal), follower.refresh(signal, true)]);
    this.#last = { at: performance.now(), connectionId: follower.connectionId };
  }
}
