import type { Step } from "./command";
import type { ListedDevice } from "./listed-device";
import type { Scene, Target } from "./scene";

/** Finds devices that Spotify does not list at the moment, and wakes them. */
export interface Finder {
  /**
   * Wakes a device that was named, and waits until Spotify lists it. Has its own time-outs.
   * @param name ID, name or alias, as a person wrote it
   * @param scene the newest one, in which it is not
   * @throws SpotifyError DEVICE_NOT_FOUND, which names the devices that are there, and says what was tried; or the abort
   *   reason of `signal`
   */
  wake(name: string, scene: Scene, signal: AbortSignal, onStep: (step: Step) => void): Promise<Target>;
  /** What Spotify lists, and what is asleep on the local network. @throws SpotifyError if Spotify cannot be asked */
  list(signal: AbortSignal): Promise<ListedDevice[]>;
}
