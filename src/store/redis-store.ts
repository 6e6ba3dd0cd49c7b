import { createHash, randomInt } from "node:crypto";
import { EventEmitter } from "node:events";
import { endingWith } from "../async/ending-with";
import { Turns } from "../async/turns";
import { Lease, type Releases } from "./redis-lease";
import type { RedisLine } from "./redis-line";
import { SET_SLICE } from "./redis-scripts";
import { seal, unseal } from "./seal";
import type { SliceListener, SliceName, SliceStore } from "./slice-store";

/** What each instance has of its own: Spotify must not take two of them for one device. */
const OF_INSTANCE: ReadonlySet<SliceName> = new Set(["clientToken", "connectPort", "deviceId"]);
/** How long that of an instance that no longer runs is kept, ms. */
const INSTANCE_LIFE = 90 * 86_400_000;
/** A document that a restart of the server has lost gets versions that none of its earlier ones had. */
const MAX_EPOCH = 2 ** 40;
/** The largest value that is stored, in characters. A real one has a few KiB. */
const MAX_VALUE = 4 * 1024 * 1024;
/** How often a slice that the server has lost is stored again while others do the same. */
const MAX_RESTORES = 5;

/** Whose state it is, and what it is sealed with. */
export interface SharedAccount {
  /** The account's ID, the same in all instances. */
  id: string;
  /** Tells this instance from the others, and is the same after a restart. */
  instance: string;
  /** What the values are sealed with, first, and what may have sealed them before. */
  secrets: readonly [string, ...string[]];
}

/** A slice as this store has seen it last. */
interface Seen {
  epoch: string;
  version: number;
  value: unknown;
}

/**
 * One account's state in Redis or Valkey, shared by several processes.
 *
 * A hash holds the slices, sealed, with a version for each. The seal is bound to the account and the slice: a value that
 * was copied elsewhere does not open. If the server comes back without what it had (a restart from an older copy), the
 * state that this store has seen last is stored again.
 */
export class RedisSliceStore implements SliceStore {
  readonly isShared = true;
  readonly location: SliceStore["location"];
  readonly #line: RedisLine;
  readonly #account: SharedAccount;
  readonly #document: string;
  readonly #channel: string;
  readonly #turns = new Turns();
  readonly #seen = new Map<SliceName, Seen>();
  readonly #listeners = new Set<SliceListener>();
  readonly #releases: Releases = new EventEmitter();
  #isClosed = false;

  /** @throws SpotifyError INVALID_ARGUMENT as `RedisLine.use` */
  constructor(line: RedisLine, account: SharedAccount) {
    this.#line = line;
    this.#account = account;
    this.#document = documentOf(account.id);
    this.#channel = `${this.#document}:changed`;
    this.location = {
      place: line.place,
      get problem() {
        return line.problem;
      },
      use: (changed) => {
        line.on("problem", changed);
        return async () => void line.off("problem", changed);
      },
    };
    this.#releases.setMaxListeners(0);
    line.use();
    line.on("ready", this.#onReady);
    if (line.isReady) this.#onReady();
  }

  async read(slice: SliceName): Promise<{ value: unknown; version: number }> {
    for (let tries = 0; ; tries++) {
      const fields = [slice, `#${slice}`, "#epoch"];
      const [text, stored, epoch] = await this.#line.run((client) => client.hmGet(this.#at(slice), fields));
      const version = Number(stored ?? 0);
      const seen = this.#seen.get(slice);
      const isLost = seen !== undefined && (!stored || (epoch === seen.epoch && version < seen.version));
      if (isLost && tries < MAX_RESTORES) {
        await this.#store(slice, version, seen.value, seen.version);
        continue;
      }
      const value = text ? this.#openOwn(slice, text) : undefined;
      if (stored) this.#seen.set(slice, { epoch: epoch ?? "", version, value });
      return { value, version };
    }
  }

  async compareAndSet(slice: SliceName, version: number, value: unknown): Promise<number | undefined> {
    return this.#store(slice, version, value, version);
  }

  exclusive<T>(name: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#turns.run(name, signal, async () => {
      const lease = new Lease(this.#line, this.#channel, this.#document, name);
      await lease.take(this.#releases, signal);
      const either = endingWith(signal, lease.lost);
      try {
        return await action(either.signal);
      } finally {
        either.clear();
        await lease.release();
      }
    });
  }

  watch(listener: SliceListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#line.off("ready", this.#onReady);
    this.#listeners.clear();
    if (this.#line.isReady)
      await this.#line
        .run((client) => client.unsubscribe(this.#channel, this.#onMessage))
        .catch(() => undefined);
    await this.#line.leave();
  }

  async #store(
    slice: SliceName,
    expected: number,
    value: unknown,
    above: number,
  ): Promise<number | undefined> {
    const text =
      value === undefined ? "" : seal(JSON.stringify(value), this.#account.secrets[0], this.#seal(slice));
    if (text.length > MAX_VALUE) throw Object.assign(new Error("The value is too large."), { code: "E2BIG" });
    const life = OF_INSTANCE.has(slice) ? INSTANCE_LIFE : "";
    const settings = [slice, expected, text, randomInt(1, MAX_EPOCH), above, this.#channel, life];
    const call = { keys: [this.#at(slice)], arguments: settings.map(String) };
    const answer = await this.#line.run((client) => client.eval(SET_SLICE, call));
    if (answer === null) return undefined;
    const [next, epoch] = answer as unknown as [string, string];
    this.#seen.set(slice, { epoch, version: Number(next), value });
    return Number(next);
  }

  #open(slice: SliceName, text: string): unknown {
    for (const secret of this.#account.secrets) {
      const plain = unseal(text, secret, this.#seal(slice));
      if (plain !== undefined) return JSON.parse(plain) as unknown;
    }
    throw Object.assign(new Error("A value cannot be opened."), { code: "SEALED" });
  }

  /** If the key was lost, the instance makes anew what only it needs. The rest may be of use to an instance that has the key. */
  #openOwn(slice: SliceName, text: string): unknown {
    try {
      return this.#open(slice, text);
    } catch (error) {
      if (OF_INSTANCE.has(slice)) return undefined;
      throw error;
    }
  }

  /** What a value is bound to. */
  #seal(slice: SliceName): string {
    return `${this.#account.id} ${slice}`;
  }

  /** The key of the hash that holds a slice. */
  #at(slice: SliceName): string {
    return OF_INSTANCE.has(slice) ? `${this.#document}:of:${hash(this.#account.instance)}` : this.#document;
  }

  readonly #onReady = (): void => {
    const listening = this.#line.run((client) => client.subscribe(this.#channel, this.#onMessage));
    // Redis does not repeat the messages that were sent while the connection was lost.
    listening.then(() => this.#tell(undefined, undefined)).catch(() => undefined);
  };

  readonly #onMessage = (message: string): void => {
    const [kind, name = "", value = ""] = message.split(" ");
    if (kind === "lease") this.#releases.emit("released", name, value);
    else if (kind === "slice") this.#tell(name as SliceName, Number(value));
  };

  /** @param slice undefined: any may have changed */
  #tell(slice: SliceName | undefined, version: number | undefined): void {
    for (const listener of this.#listeners) listener(slice, version);
  }
}

/** The key of an account's document. The braces keep its keys on one node of a cluster. */
function documentOf(accountId: string): string {
  return `spotify-session:{${/^[\w.-]{1,64}$/.test(accountId) ? accountId : hash(accountId)}}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** Deletes an account's document, unless another process listens to it. @throws as `RedisLine.use` and `run` */
export async function deleteDocument(line: RedisLine, accountId: string): Promise<void> {
  const document = documentOf(accountId);
  line.use();
  try {
    const channel = `${document}:changed`;
    const listening = await line.run((client) => client.pubSubNumSub([channel]));
    if (Number(listening[channel]) > 0) return;
    await line.run((client) => client.del(document));
  } finally {
    await line.leave();
  }
}
