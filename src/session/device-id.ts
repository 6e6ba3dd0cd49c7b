import { randomBytes } from "node:crypto";
import type { StateKeeper } from "../store/keeper";
import { checkDeviceId } from "./options";

/** As librespot's: 40 hex digits. */
const DEVICE_ID_BYTES = 20;

/** What Spotify knows a device by: given, remembered, or made with the first use. */
export class DeviceId {
  readonly #given: string | undefined;
  readonly #state: StateKeeper;
  #made: string | undefined;

  /** @throws SpotifyError INVALID_ARGUMENT for a given one that cannot stand in a request's address */
  constructor(given: string | undefined, state: StateKeeper) {
    this.#given = given === undefined ? undefined : checkDeviceId(given);
    this.#state = state;
  }

  /** What is remembered is known once the state is loaded. */
  get value(): string {
    const known = this.#given ?? this.#state.state.deviceId ?? this.#made;
    if (known !== undefined) return known;
    this.#made = randomBytes(DEVICE_ID_BYTES).toString("hex");
    void this.#keep(this.#made);
    return this.#made;
  }

  /** Forgets it: the next one is another. Resolves when that is safe. */
  async forget(): Promise<void> {
    this.#made = undefined;
    await this.#state.keep({ deviceId: undefined });
  }

  async #keep(made: string): Promise<void> {
    // One that was remembered all along, and not read yet when this one was made, stays.
    const { deviceId } = await this.#state.load();
    if (deviceId === undefined) await this.#state.keep({ deviceId: made });
  }
}
