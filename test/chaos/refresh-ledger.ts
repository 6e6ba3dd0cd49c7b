/**
 * What happened to each refresh token, as seen between the Node-REDs and Spotify, and by which of them was killed when.
 *
 * Spotify replaces a refresh token at once. If a Node-RED is killed after that, and before the store has the new one,
 * the new one is lost: no program can prevent that. Any other use of a replaced token is a mistake of the program.
 */
import { EventEmitter } from "node:events";
import type { TokenExchange } from "./accounts-relay";
import type { Circumstances } from "./circumstances";

/**
 * Why a replaced refresh token was used again.
 * - `killed`: the only Node-RED that knew the new one was killed before it could store it
 * - `storeAway`: the same, while the store could not be written
 * - `mistake`: the new one was known, or could have been known
 */
export type Cause = "killed" | "storeAway" | "mistake";

export interface Reuse {
  clientId: string;
  /** Name of the Node-RED that used it. */
  by: string;
  cause: Cause;
  /** When Spotify refused it. */
  at: number;
  /** How long the Node-RED had had the new token when it was killed, ms; undefined if it never had it. */
  heldFor?: number | undefined;
  /** Describes the reuse, for people who read the end of a run. */
  story: string;
}

/** A refresh token, from the answer that it came with. */
interface Link {
  refreshToken: string;
  from: TokenExchange;
  /** The refresh token that replaced this one. */
  next?: Link;
  /** The last use of this token after it was replaced. */
  usedAgain?: TokenExchange;
}

/** Time from an answer until it is stored, ms. If the store answers, a correct program does not take longer. */
const STORED_WITHIN = 500;

/** Emits `reused` when a replaced refresh token was used, and `refreshed` after each refresh that succeeded. */
export class RefreshLedger extends EventEmitter<{ reused: [Reuse]; refreshed: [] }> {
  readonly reuses: Reuse[] = [];
  /** Refreshes that Spotify has carried out. */
  refreshes = 0;
  readonly #links = new Map<string, Link>();
  /** When each client ID was last given a refresh token. */
  readonly #givenAt = new Map<string, number>();
  readonly #circumstances: Circumstances;
  readonly #wasHandedOut: (accessToken: string) => boolean;

  /** @param wasHandedOut whether a flow was given this access token, in any Node-RED */
  constructor(circumstances: Circumstances, wasHandedOut: (accessToken: string) => boolean) {
    super();
    this.#circumstances = circumstances;
    this.#wasHandedOut = wasHandedOut;
  }

  /** Spotify has answered a request. */
  answered(exchange: TokenExchange): void {
    const { used, answer, clientId } = exchange;
    if (!answer) return;
    const before = used === undefined ? undefined : this.#links.get(used);
    if (answer.refreshToken !== undefined) {
      const link: Link = { refreshToken: answer.refreshToken, from: exchange };
      this.#links.set(answer.refreshToken, link);
      this.#givenAt.set(clientId, answer.at);
      if (before) before.next = link;
      if (used === undefined) return;
      this.refreshes++;
      this.emit("refreshed");
      return;
    }
    if (answer.error !== "invalid_grant" || used === undefined) return;
    const reuse: Reuse = before?.next
      ? this.#reuse(exchange, before, before.next)
      : { clientId, by: exchange.by, cause: "mistake", at: answer.at, story: "an unknown refresh token" };
    this.reuses.push(reuse);
    this.emit("reused", reuse);
  }

  /** Whether this client ID received a refresh token after this time, by a refresh or a sign-in. */
  isGivenSince(clientId: string, at: number): boolean {
    return (this.#givenAt.get(clientId) ?? 0) > at;
  }

  count(cause: Cause): number {
    return this.reuses.filter((reuse) => reuse.cause === cause).length;
  }

  #reuse(exchange: TokenExchange, before: Link, next: Link): Reuse {
    const { clientId, by, arrivedAt } = exchange;
    const { by: holder, arrivedAt: asked, answer } = next.from;
    const killedAt = this.#circumstances.endOfSender(holder, asked);
    const wasAway = this.#circumstances.wasAway(asked, killedAt ?? arrivedAt);
    const isShown = answer?.accessToken !== undefined && this.#wasHandedOut(answer.accessToken);
    const heldFor =
      killedAt !== undefined && answer && killedAt > answer.at ? killedAt - answer.at : undefined;
    const { usedAgain: last } = before;
    before.usedAgain = exchange;
    const isFirst = last === undefined || this.#isKilledAtOnce(last);
    const isTaken = killedAt !== undefined && next.next === undefined && isFirst;
    const isQuick = !isShown && (heldFor ?? 0) < STORED_WITHIN;
    const cause = !isTaken ? "mistake" : isQuick ? "killed" : wasAway ? "storeAway" : "mistake";
    const ms = (at: number | undefined): string =>
      at === undefined ? "never" : `${Math.round(at - asked)} ms`;
    const story =
      `${by} used at ${ms(arrivedAt)} what ${holder} had replaced: answered ${ms(answer?.at)}, ` +
      `killed ${ms(killedAt)}, ${isShown ? "" : "not "}shown to a flow, the new one ` +
      `${next.next ? "" : "not "}used, the store ${wasAway ? "away" : "there"}, ${isFirst ? "nobody else knew" : "others knew"}`;
    return { clientId, by, cause, at: exchange.answer!.at, heldFor, story };
  }

  /** A Node-RED whose token is refused tells the others, unless it is killed before it can. */
  #isKilledAtOnce({ by, arrivedAt, answer }: TokenExchange): boolean {
    const killedAt = this.#circumstances.endOfSender(by, arrivedAt);
    return killedAt !== undefined && killedAt < answer!.at + STORED_WITHIN;
  }
}
