import { randomBytes } from "node:crypto";
import type { Slice } from "../store/slice";
import { checkDeviceId } from "./options";

/** As librespot's: 40 hex digits. */
const DEVICE_ID_BYTES = 20;

/** The ID by which Spotify knows a device: given, remembered, or made with the first use. */
export class DeviceId {
  readonly #given: string | undefined;
  readonly #kept: Slice<string | undefined>;

  /** @throws SpotifyError INVALID_ARGUMENT for a given one that cannot stand in a request's address */
  constructor(given: string | undefined, kept: Slice<string | undefined>) {
    this.#given = given === undefined ? undefined : checkDeviceId(given);
    this.#kept = kept;
  }

  /** A remembered one is known once the state is loaded. */
  get value(): string {
    const known = this.#given ?? this.#kept.value;
    if (known !== undefined) return known;
    const made = randomBytes(DEVICE_ID_BYTES).toString("hex");
    // One that was stored before, and had not been read yet when this one was made, stays.
    void this.#kept.change((kept) => kept ?? made);
    return made;
  }
}

/** The device ID that was stored, or undefined if it is malformed. */
export function parseDeviceId(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
