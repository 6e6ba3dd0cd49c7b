import { Session, SpotifyError, type SessionOptions } from "../../src";
import { Simulator, type Account, type AccountOptions, type SimulatorOptions } from "../simulator";
import { FakeTime } from "./fake-time";

/**
 * The environment of a test: a separate Spotify, sessions that are closed after the test, and a clock if it wants one.
 */
export class Stage {
  readonly simulator: Simulator;
  readonly #sessions: Session[] = [];
  readonly #endings: (() => unknown)[] = [];
  #time: FakeTime | undefined;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  /** Stops the clock when it is first read. Before that, time is real. */
  get time(): FakeTime {
    this.#time ??= new FakeTime(this.simulator);
    return this.#time;
  }

  account(options?: AccountOptions): Account {
    return this.simulator.addAccount(options);
  }

  /** A session of `account` that has not done anything yet. */
  session(account: Pick<Account, "credentialsJson"> | undefined, options: SessionOptions = {}): Session {
    const session = new Session({
      ...(account && { credentials: account.credentialsJson }),
      clientId: "keymaster",
      endpoints: { ...this.simulator.endpoints },
      accessPointKey: this.simulator.accessPointKey,
      // Connect mode has separate tests; other tests should receive only what they ask for.
      observe: false,
      ...options,
    });
    this.#sessions.push(session);
    return session;
  }

  /** A session of `account`, or of a new one, that is ready. */
  async connected(account: Account = this.account(), options: SessionOptions = {}): Promise<Session> {
    const session = this.session(account, options);
    await session.connect();
    return session;
  }

  /** The result of `promise`; time passes if this stage has stopped it. */
  async settled<Result>(promise: Promise<Result>): Promise<Result | SpotifyError> {
    const outcome = promise.catch((error: unknown) => {
      if (error instanceof SpotifyError) return error;
      throw error;
    });
    let pending = true;
    void outcome.finally(() => (pending = false)).catch(() => undefined);
    while (this.#time && pending) await this.#time.advance(1_000);
    return outcome;
  }

  /** Calls `end` when the test is over. */
  after(end: () => unknown): void {
    this.#endings.push(end);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    await this.simulator.close();
    for (const end of this.#endings.toReversed()) await end();
    this.#time?.restore();
  }
}

/** Gives each test of the describe block a new stage. */
export function useStage(options?: SimulatorOptions): { readonly current: Stage } {
  let stage: Stage | undefined;
  beforeEach(async () => {
    stage = new Stage(await Simulator.start(options));
  });
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });
  return {
    get current() {
      if (!stage) throw new Error("There is a stage only while a test runs");
      return stage;
    },
  };
}
