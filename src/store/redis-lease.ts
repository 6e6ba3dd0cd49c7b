import { createHash, randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { wait } from "../async/wait";
import type { RedisLine } from "./redis-line";
import { RELEASE_LEASE, RENEW_LEASE, TAKE_LEASE } from "./redis-scripts";

/** How long a lease lives unless it is renewed, ms: a process that died keeps others waiting for so long. */
const LIFE = 10_000;
const RENEW_EVERY = LIFE / 5;
/** How often a lease is asked for without a notice that it is free, ms. */
const ASK_EVERY = 1_000;
/**
 * How long the work of a holder that has not given its lease back may still be on its way, ms: it may have been cut off
 * from the server, and is about to store what it has got.
 */
const COMING_FOR = 3_000;
/** How long a lease is asked for while the server does not answer, ms. */
const PATIENCE = 8_000;
/** How long the last holder is remembered, ms. */
const MARK_LIFE = 120_000;

/** What tells of leases that were given back: the name of each, and its holder. */
export type Releases = EventEmitter<{ released: [string, string] }>;

/** The right to do something that others must not do at the same time, in any process. */
export class Lease {
  /** Aborts when the lease is lost: others may take it. */
  readonly lost: AbortSignal;
  readonly #controller = new AbortController();
  readonly #keys: string[];
  readonly #holder = randomBytes(12).toString("hex");
  readonly #name: string;
  #renewedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param document in whose account it is @param name any text */
  constructor(
    private readonly line: Pick<RedisLine, "backSince" | "problem" | "run">,
    private readonly channel: string,
    document: string,
    name: string,
  ) {
    this.#name = createHash("sha256").update(name).digest("hex").slice(0, 24);
    const key = `${document}:lease:${this.#name}`;
    this.#keys = [key, `${key}:last`, `${key}:none`];
    this.lost = this.#controller.signal;
  }

  /** Waits for the lease. @throws as `RedisLine.run`; or the abort reason of `signal` */
  async take(releases: Releases, signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    for (;;) {
      signal.throwIfAborted();
      const asked = performance.now();
      const free = this.#heard(releases, () => true);
      const left = await this.#run(TAKE_LEASE, String(LIFE), String(MARK_LIFE))
        .catch((error: unknown) => {
          // A server that restarts is back in a moment.
          if (this.line.problem || asked - begun > PATIENCE || !isPassing(error)) throw error;
          return null;
        })
        .finally(free.stop);
      if (left !== null) {
        this.#renewedAt = asked;
        this.#timer = setInterval(() => void this.#renew(), RENEW_EVERY);
        this.#timer.unref();
        await this.#untilLast(left as string, releases, signal).catch(async (error: unknown) => {
          await this.release();
          throw error;
        });
        return;
      }
      if (!free.heard()) await this.#pause(ASK_EVERY, releases, () => true, signal);
    }
  }

  /** Gives the lease back. Never rejects: it ends by itself soon. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#run(RELEASE_LEASE, this.channel, this.#name).catch(() => undefined);
  }

  /** Waits for what the last holder may be about to store. */
  async #untilLast(left: string, releases: Releases, signal: AbortSignal): Promise<void> {
    const sinceBack = performance.now() - this.line.backSince;
    const delay = left === "" ? COMING_FOR - sinceBack : COMING_FOR;
    if (delay > 0) await this.#pause(delay, releases, (holder) => holder === left, signal);
  }

  async #renew(): Promise<void> {
    const asked = performance.now();
    const renewed = await this.#run(RENEW_LEASE, String(LIFE)).catch(() => undefined);
    if (Number(renewed) === 1) this.#renewedAt = asked;
    else if (renewed !== undefined || performance.now() - this.#renewedAt > LIFE) this.#lose();
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#controller.abort(Object.assign(new Error("The lease is lost."), { code: "ELEASE" }));
  }

  #run(script: string, ...more: string[]): Promise<unknown> {
    const call = { keys: this.#keys, arguments: [this.#holder, ...more] };
    return this.line.run((client) => client.eval(script, call));
  }

  /** Notices whether the lease is given back by a holder that is right. */
  #heard(
    releases: Releases,
    isRight: (holder: string) => boolean,
    then?: () => void,
  ): { heard(): boolean; stop(): void } {
    let heard = false;
    const listener = (name: string, holder: string): void => {
      if (name !== this.#name || !isRight(holder)) return;
      heard = true;
      then?.();
    };
    releases.on("released", listener);
    return { heard: () => heard, stop: () => void releases.off("released", listener) };
  }

  /** Waits, at most until a holder that is right gives the lease back. */
  async #pause(
    delay: number,
    releases: Releases,
    isRight: (holder: string) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const enough = new AbortController();
    const onAbort = (): void => enough.abort(signal.reason);
    signal.addEventListener("abort", onAbort);
    const free = this.#heard(releases, isRight, () => enough.abort());
    await wait(delay, enough.signal).catch(() => undefined);
    free.stop();
    signal.removeEventListener("abort", onAbort);
    signal.throwIfAborted();
  }
}

/** Whether the connection is lost, or the server is busy. A server that refuses answers ERR, or a word of its own. */
function isPassing(error: unknown): boolean {
  return /^(E(?!RR)[A-Z]+|LOADING|BUSY)$/.test((error as NodeJS.ErrnoException).code ?? "");
}
