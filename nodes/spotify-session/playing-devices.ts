import type { ListedDevice, Player } from "../../src";

/** A list this old is made again when a dialog asks: a speaker that is asleep comes and goes without a push. ms */
const OLD = 15_000;

export type KnownDevice = Pick<ListedDevice, "id" | "name" | "type" | "isAsleep">;

/** The devices of an account for its dialogs. Listing them takes longer than a dialog should wait. */
export class PlayingDevices {
  readonly #player: Pick<Player, "devices">;
  readonly #changed: () => void;
  #known: readonly KnownDevice[] = [];
  /** When the devices were listed last, by the monotonic clock, ms; undefined if they are to be listed. */
  #listedAt: number | undefined;
  #isListing = false;
  /** Another list is wanted after the one under way. */
  #isWanted = false;
  /** Grows when what is being listed belongs to another account, or to no dialog. */
  #round = 0;

  /** @param changed the list has become another one */
  constructor(player: Pick<Player, "devices">, changed: () => void) {
    this.#player = player;
    this.#changed = changed;
  }

  /** As listed last; empty until they have been listed. */
  get known(): readonly KnownDevice[] {
    return this.#known;
  }

  /** Lists the devices, unless that was done a moment ago. */
  keepFresh(): void {
    if (this.#listedAt === undefined || performance.now() - this.#listedAt >= OLD) this.list();
  }

  /** Lists the devices; one list is made at a time. */
  list(): void {
    this.#listedAt = performance.now();
    this.#isWanted = true;
    if (!this.#isListing) void this.#listWhileWanted();
  }

  /** They were another account's, or no dialog is open. */
  forget(): void {
    this.#round++;
    this.#isWanted = false;
    this.#listedAt = undefined;
    this.#known = [];
  }

  async #listWhileWanted(): Promise<void> {
    this.#isListing = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      const round = this.#round;
      // The answer says why playback cannot be read; what was listed before is still the best guess.
      const listed = await this.#player.devices().catch(() => undefined);
      if (listed && round === this.#round) this.#take(listed);
    }
    this.#isListing = false;
  }

  #take(listed: readonly ListedDevice[]): void {
    const before = JSON.stringify(this.#known);
    this.#known = listed.map(({ id, name, type, isAsleep }) => ({ id, name, type, isAsleep }));
    if (JSON.stringify(this.#known) !== before) this.#changed();
  }
}
