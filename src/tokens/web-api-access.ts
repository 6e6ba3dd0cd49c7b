import { SpotifyError } from "../core/errors";
import { displayClientId } from "../core/client-id";
import { CLIENT_IDS, isSpotifysOwn, WEB_API_BLOCK, webApiRefuses } from "../core/knowledge";
import type { Audience, TokenSourceName } from "../core/token";
import { SingleFlight } from "../async/single-flight";

/** How often the Web API is asked whether it takes one of Spotify's own client IDs, ms. */
const ASK_EVERY = 24 * 60 * 60_000;
/** How long after the token was minted it is asked, ms: the flow that wanted the token goes first. */
const ASK_AFTER = 10_000;

/** What the Web API said to one of Spotify's own client IDs, as it is kept over a restart. */
export interface WebApiCheck {
  clientId: string;
  /** When it was asked last, ms since the epoch. */
  checkedAt: number;
  /** What it said last; undefined if it has never said either. */
  takes?: boolean;
  /** Since when it has said that, ms since the epoch. */
  since?: number;
}

/** Whether the Web API takes tokens of a client ID. */
export interface WebApiAnswer {
  takes: boolean;
  /** How that is known: it is an app, the Web API was asked, it is reported in public, or it is only assumed. */
  known: "app" | "asked" | "reported" | "assumed";
  /** Since when, ms since the epoch, if that is known. */
  since?: number;
  /** When the Web API was asked last, ms since the epoch, if it ever was. */
  checkedAt?: number;
}

/** Why the Web API refuses a token. */
export interface WebApiRefusal {
  refused: true;
  /** `login5`: it takes no token of login5; else as in `WebApiAnswer`. */
  known: "login5" | Exclude<WebApiAnswer["known"], "app">;
  /** `YYYY-MM-DD`, if that is known. */
  since?: string;
  /** ms since the epoch, if the Web API was ever asked. */
  checkedAt?: number;
}

export interface WebApiAccessOptions {
  /** Asks the Web API once. @returns undefined if the answer says neither */
  ask(accessToken: string, signal: AbortSignal): Promise<boolean | undefined>;
  /** A valid access token of this client ID, not one of login5. */
  tokenOf(clientId: string): string | undefined;
  /** Keeps what has changed. */
  keep(change: (stored: readonly unknown[]) => readonly unknown[]): void;
  /** Whether the Web API takes this client ID has changed. */
  changed(clientId: string): void;
}

/**
 * Whether the Web API takes tokens of Spotify's own client IDs from this account. Until it was seen to, the answer is no.
 * After such a token was minted, the Web API is asked in the background, at most once a day for each client ID.
 */
export class WebApiAccess {
  readonly #options: WebApiAccessOptions;
  readonly #checks = new Map<string, WebApiCheck>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #closing = new AbortController();
  /** By client ID: all who need the answer wait for the same request. */
  readonly #asking = new SingleFlight<string, void>({ whenLeft: "goOn" });
  /** Counts the accounts: an answer to one account's token says nothing about the next account. */
  #account = 0;

  constructor(options: WebApiAccessOptions) {
    this.#options = options;
  }

  /**
   * Takes what was remembered, or what another session has learned since, except what is malformed or comes from a clock
   * that ran ahead.
   * @returns the client IDs of which the Web API is known to say something else than before
   */
  restore(documents: readonly unknown[]): string[] {
    const changed: string[] = [];
    for (const document of documents) {
      const check = parseCheck(document);
      const known = check && this.#checks.get(check.clientId);
      if (!check || (known && known.checkedAt >= check.checkedAt)) continue;
      this.#checks.set(check.clientId, check);
      if (check.takes !== known?.takes) changed.push(check.clientId);
    }
    return changed;
  }

  /** Where a token works. */
  audience(source: TokenSourceName, clientId: string): Audience {
    return source !== "login5" && this.takes(clientId) ? "web-api" : "spotify-internal";
  }

  takes(clientId: string): boolean {
    return !isSpotifysOwn(clientId) || this.#checks.get(clientId)?.takes === true;
  }

  answer(clientId: string): WebApiAnswer {
    if (!isSpotifysOwn(clientId)) return { takes: true, known: "app" };
    const { takes, since, checkedAt } = this.#checks.get(clientId) ?? {};
    const asked = checkedAt === undefined ? {} : { checkedAt };
    if (takes !== undefined)
      return { takes, known: "asked", ...(since !== undefined && { since }), ...asked };
    if (!webApiRefuses(clientId)) return { takes: false, known: "assumed", ...asked };
    return { takes: false, known: "reported", since: Date.parse(WEB_API_BLOCK.since), ...asked };
  }

  /** Why the Web API refuses a token; undefined if it takes it. */
  refusal(source: TokenSourceName, clientId: string): WebApiRefusal | undefined {
    if (this.audience(source, clientId) === "web-api") return undefined;
    const { known, since, checkedAt } = this.answer(clientId);
    if (source === "login5" || known === "app") {
      return { refused: true, known: "login5", since: WEB_API_BLOCK.since };
    }
    return {
      refused: true,
      known,
      ...(since !== undefined && { since: new Date(since).toISOString().slice(0, 10) }),
      ...(checkedAt !== undefined && { checkedAt }),
    };
  }

  /** A token was minted. Asks the Web API about its client ID a little later, if that is due. */
  minted(source: TokenSourceName, clientId: string): void {
    if (source === "login5" || !isSpotifysOwn(clientId) || !this.#isDue(clientId)) return;
    if (this.#timers.has(clientId) || this.#closing.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(clientId);
      const accessToken = this.#options.tokenOf(clientId);
      if (accessToken === undefined || !this.#isDue(clientId)) return;
      const ask = (): Promise<void> => this.#ask(clientId, accessToken);
      this.#asking.join(clientId, this.#closing.signal, ask).catch(() => undefined);
    }, ASK_AFTER);
    timer.unref();
    this.#timers.set(clientId, timer);
  }

  /**
   * Whether the Web API takes tokens of a client ID. It is asked now if that is due.
   *
   * @param getToken gives a token of this client ID, not one of login5
   * @throws what `getToken` fails with; SpotifyError CLOSED; or the abort reason of `signal`
   */
  async takesNow(
    clientId: string,
    getToken: (signal: AbortSignal) => Promise<string>,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!this.takes(clientId) && this.#isDue(clientId)) {
      await this.#asking.join(clientId, signal, async (either) =>
        this.#ask(clientId, await getToken(either)),
      );
    }
    return this.takes(clientId);
  }

  /** The Web API has refused a token that it was known to take. It is asked again another day. */
  refused(clientId: string): void {
    if (isSpotifysOwn(clientId) && this.takes(clientId)) this.#learn(clientId, false);
  }

  /** Another account is signed in, or none: what is known is not about it. */
  forget(): void {
    this.#account++;
    this.#stopTimers();
    if (this.#checks.size === 0) return;
    this.#checks.clear();
    this.#options.keep(() => []);
  }

  close(): void {
    this.#closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    this.#asking.close();
    this.#stopTimers();
  }

  #isDue(clientId: string): boolean {
    const age = Date.now() - (this.#checks.get(clientId)?.checkedAt ?? 0);
    // If the clock was set back, the Web API must still be asked.
    return age < 0 || age >= ASK_EVERY;
  }

  async #ask(clientId: string, accessToken: string): Promise<void> {
    const account = this.#account;
    // If the request fails, it is sent again another day.
    const takes = await this.#options.ask(accessToken, this.#closing.signal).catch(() => undefined);
    if (account === this.#account && !this.#closing.signal.aborted) this.#learn(clientId, takes);
  }

  #learn(clientId: string, takes: boolean | undefined): void {
    const before = this.#checks.get(clientId);
    this.#checks.set(clientId, next(before, { clientId, checkedAt: Date.now() }, takes));
    const check = this.#checks.get(clientId);
    this.#options.keep((stored) => [
      ...stored.filter((other) => parseCheck(other) && (other as WebApiCheck).clientId !== clientId),
      check,
    ]);
    if ((takes ?? before?.takes) !== before?.takes) this.#options.changed(clientId);
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

function next(before: WebApiCheck | undefined, now: WebApiCheck, takes: boolean | undefined): WebApiCheck {
  if (takes === undefined || takes === before?.takes) return { ...before, ...now };
  // The day on which the block was reported to begin is more exact than the day on which we noticed.
  const isFirst = before?.takes === undefined && !takes && webApiRefuses(now.clientId);
  return { ...now, takes, since: isFirst ? Date.parse(WEB_API_BLOCK.since) : now.checkedAt };
}

function parseCheck(document: unknown): WebApiCheck | undefined {
  const { clientId, checkedAt, takes, since } = (document ?? {}) as Partial<WebApiCheck>;
  if (typeof clientId !== "string" || !isSpotifysOwn(clientId)) return undefined;
  if (typeof checkedAt !== "number" || !(checkedAt <= Date.now())) return undefined;
  if (typeof takes !== "boolean" || typeof since !== "number") return { clientId, checkedAt };
  return { clientId, checkedAt, takes, since };
}

/**
 * The error if the Web API refuses a token for good: waiting does not help.
 * @param answer its answer, if it was asked
 */
export function refusedByWebApi(clientId: string, answer: { statusCode?: number } = {}): SpotifyError {
  const desktop = clientId === CLIENT_IDS.keymaster ? ` since ${WEB_API_BLOCK.since}` : "";
  return new SpotifyError(
    "REQUEST_REFUSED",
    `The Web API refuses tokens of Spotify's own client ID ${displayClientId(clientId)}${desktop}. Waiting does not ` +
      "help: sign in with an app of your own in the account's dialog.",
    { clientId, ...answer },
  );
}
