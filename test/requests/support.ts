import assert from "node:assert/strict";
import type { ApiAnswer, ApiRequest, Session, SpotifyError, SpotifyErrorCode } from "../../src";
import { WEB_API_SCOPES } from "../../src/core/knowledge";
import type { Account, Simulator } from "../simulator";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage, type Stage } from "../support/stage";

/** A person who has signed in with an app, and the later requests of the person's session. */
export class Caller {
  #asked = 0;
  #minted = 0;

  private constructor(
    readonly stage: Stage,
    readonly session: Session,
    readonly account: Account,
    readonly clientId: string,
  ) {}

  static async signedIn(stage: Stage, scopes: readonly string[]): Promise<Caller> {
    const account = stage.account();
    const session = stage.session(undefined);
    const clientId = await signInWithApp(stage.simulator, session, account, scopes);
    const caller = new Caller(stage, session, account, clientId);
    caller.lookAway();
    return caller;
  }

  get simulator(): Simulator {
    return this.stage.simulator;
  }

  /** The requests to the Web API, such as `GET /v1/me?market=SE`. */
  get asked(): string[] {
    const asked = this.simulator.stats.webApiRequests.slice(this.#asked);
    return asked.map(({ method, path, query }) => `${method} ${path}${query}`);
  }

  /** How many tokens were minted. */
  get minted(): number {
    return this.simulator.stats.tokenRequests.length - this.#minted;
  }

  /** Forgets all earlier requests and tokens. */
  lookAway(): void {
    this.#asked = this.simulator.stats.webApiRequests.length;
    this.#minted = this.simulator.stats.tokenRequests.length;
  }

  /** Gives the session a valid token, so that the next request needs no new one. @returns the token */
  async takeToken(): Promise<string> {
    const token = await this.session.tokens.getTokenWithClientId(["user-read-email"], this.clientId);
    this.lookAway();
    return token.accessToken;
  }

  /** Removes the session's token, so that the next request needs a new one. */
  async dropToken(): Promise<void> {
    this.session.tokens.refused(await this.takeToken());
  }

  request(request: ApiRequest): Promise<ApiAnswer> {
    return this.session.webApi.request(request);
  }

  /** The error of a request, which must have this code if one is given. */
  failure(request: ApiRequest, code?: SpotifyErrorCode): Promise<SpotifyError> {
    return failureOf(this.request(request), code);
  }

  /** Fails unless nothing was sent, and no token was requested, since `lookAway`. */
  sentNothing(because: string): void {
    assert.deepEqual([this.asked, this.minted], [[], 0], because);
  }
}

interface CallerOptions {
  /** Default: all scopes that an app may have. */
  scopes?: readonly string[];
  /** Whether time stands still until the test moves it. */
  isStopped?: boolean;
}

/** Gives each test of the describe block a new caller. */
export function useCaller({ scopes = WEB_API_SCOPES, isStopped = false }: CallerOptions = {}): {
  readonly current: Caller;
} {
  const stage = useStage();
  let caller: Caller | undefined;
  beforeEach(async () => {
    // Runs before anything sets a timer.
    if (isStopped) void stage.current.time;
    caller = await Caller.signedIn(stage.current, scopes);
  });
  afterEach(() => {
    caller = undefined;
  });
  return {
    get current() {
      if (!caller) throw new Error("There is a caller only while a test runs");
      return caller;
    },
  };
}
