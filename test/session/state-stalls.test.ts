/** A disk that does not answer, such as an unreachable network drive. */
import assert from "node:assert/strict";
import { MemoryStateStore, type Session, type StateProblem, type StateStore } from "../../src";
import { openSlices } from "../../src/session/slices";
import { DocumentStore } from "../../src/store/document-store";
import { StateKeeper } from "../../src/store/keeper";
import type { Account } from "../simulator";
import { failureOf, Outcome } from "../support/failure";
import { ownApp, REDIRECT_URI, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const SCOPES = ["streaming"];

/** Stores a state, and does not answer while the test says so. */
class StallingStore implements StateStore {
  readonly place = "/mnt/nas/account.state";
  readonly #kept = new MemoryStateStore();
  #answering = Promise.resolve();
  #answer = (): void => undefined;
  /** How often the state was read. */
  loads = 0;
  /** How often it was written. */
  saves = 0;

  stall(): void {
    this.#answering = new Promise((resolve) => (this.#answer = resolve));
  }

  answer(): void {
    this.#answer();
  }

  async load(): Promise<unknown> {
    this.loads++;
    await this.#answering;
    return this.#kept.load();
  }

  async save(document: unknown): Promise<void> {
    this.saves++;
    await this.#answering;
    await this.#kept.save(document);
  }
}

describe("the state of a session, on a disk that does not answer", () => {
  let store: StallingStore;
  // Runs before the stage is closed, which waits for the state.
  afterEach(() => store.answer());
  const stage = useStage();
  let account: Account;
  let problems: (StateProblem | undefined)[];

  beforeEach(async () => {
    account = stage.current.account();
    store = new StallingStore();
    problems = [];
    // The account is signed in in this state, and has a token.
    void stage.current.time;
    const before = stage.current.session(undefined, { state: store });
    await stage.current.settled(before.signIns.import(account.credentialsJson));
    await stage.current.settled(before.tokens.getToken(SCOPES));
    await stage.current.settled(before.close());
    store.stall();
  });

  /** A session that has only its stored state. */
  function session(): Session {
    const made = stage.current.session(undefined, { state: store });
    made.on("stateProblem", (problem) => problems.push(problem));
    return made;
  }

  it("delays a request no longer than its own time limit, and the error says what does not answer", async () => {
    const { time } = stage.current;
    const { tokens } = session();
    const short = new Outcome(tokens.getToken(SCOPES, { timeout: 2_000 }));
    await time.advance(1_900);
    assert.ok(short.pending);
    await time.advance(200);
    assert.equal(short.error?.code, "TIMEOUT");
    assert.match(short.error.message, /not read within 2 s.*disk.*does not answer/);
  });

  it("delays a longer request for ten seconds, and the account says why", async () => {
    const { time } = stage.current;
    const made = session();
    const long = new Outcome(made.tokens.getToken(SCOPES, { timeout: 60_000 }));
    const call = new Outcome(made.webApi.request({ path: "/me" }));
    await time.advance(9_900);
    assert.deepEqual([long.pending, call.pending, problems], [true, true, []]);
    await time.advance(200);
    assert.equal(long.error?.code, "UNREACHABLE", "not that nobody is signed in");
    assert.match(long.error.message, /cannot be read \(\/mnt\/nas\/account\.state: it does not answer/);
    assert.equal(call.pending, false);
    assert.notEqual(call.error, undefined);
    assert.deepEqual(
      problems.map((problem) => [problem?.kind, problem?.cause]),
      [["read", "ETIMEDOUT"]],
    );
  });

  it("delays connecting no longer than its time limit, and closing no longer than a few seconds", async () => {
    const { time } = stage.current;
    const made = session();
    const connected = new Outcome(made.connect({ timeout: 3_000 }));
    await time.advance(3_100);
    assert.equal(connected.error?.code, "TIMEOUT");
    const closed = new Outcome(made.close());
    await time.advance(8_100);
    assert.equal(closed.pending, false);
    assert.equal(time.timers, 0, "nothing is left running");
  });

  for (const [when, wait] of [
    ["in time", 5_000],
    ["too late", 120_000],
  ] as const) {
    it(`is used when the disk answers ${when}: it has the token and the sign-in`, async () => {
      const { time, simulator } = stage.current;
      const made = session();
      const connecting = made.connect().catch(() => undefined);
      await time.advance(wait);
      const { length } = simulator.stats.keymasterRequests;
      store.answer();
      await time.until(() => made.state === "ready", 60_000);
      await connecting;
      assert.ok((await stage.current.settled(made.tokens.getToken(SCOPES))) !== undefined);
      assert.equal(simulator.stats.keymasterRequests.length, length, "the token that was remembered");
      assert.equal(made.username, account.username);
      assert.equal(made.stateProblem, undefined);
      assert.deepEqual(
        problems.map((problem) => problem?.kind),
        when === "in time" ? [] : ["read", undefined],
      );
    });
  }

  it("is not read again and again meanwhile, because each read would block a thread", async () => {
    const { time } = stage.current;
    const made = session();
    const before = store.loads;
    for (let i = 0; i < 20; i++) {
      await failureOf(stage.current.settled(made.tokens.getToken(SCOPES, { timeout: 1_000 })).then(rethrow));
    }
    await time.advance(120_000);
    assert.equal(store.loads, before + 1);
  });

  it("is written when the disk answers, with the changes of that time, even if no change follows", async () => {
    const { time } = stage.current;
    store = new StallingStore();
    store.stall();
    const keeper = new StateKeeper(new DocumentStore(store));
    const slices = openSlices(keeper);
    void slices.connectPort.set(4711);
    await time.advance(10_100);
    store.answer();
    await time.settle();
    const stored = (await store.load()) as Record<string, unknown>;
    assert.deepEqual(stored, { connectPort: 4711 });
    await keeper.close();
  });

  it("fails to connect with what does not answer, not as if the account was signed out", async () => {
    const { time } = stage.current;
    const connected = new Outcome(session().connect());
    await time.advance(10_100);
    assert.equal(connected.error?.code, "UNREACHABLE");
    assert.match(connected.error.message, /it does not answer/);
  });

  it("takes no sign-in and no sign-out meanwhile: the account may belong to someone else", async () => {
    const { simulator, time } = stage.current;
    const made = session();
    made.connect().catch(() => undefined);
    await time.advance(10_100);
    const logins = simulator.stats.logins.length;
    const stranger = stage.current.account();
    const { signIns } = made;
    const signingIn = [
      new Outcome(signIns.import(stranger.credentialsJson)),
      new Outcome(signIns.beginPairing()),
      new Outcome(signInWithApp(simulator, made, stranger, SCOPES)),
      new Outcome(signIns.signOutOfAll()),
    ];
    await time.settle();
    for (const { error } of signingIn) assert.equal(error?.code, "UNREACHABLE");
    assert.equal(simulator.stats.logins.length, logins);
    store.answer();
    await time.until(() => made.state === "ready", 120_000);
    assert.equal(made.username, account.username);
    await stage.current.settled(made.close());
    const after = session();
    await stage.current.settled(after.connect());
    assert.equal(after.username, account.username);
  });

  it("shows no device on the LAN meanwhile, and then on the port that it had before", async () => {
    const { time } = stage.current;
    store.answer();
    const visible = (): Session => stage.current.session(undefined, { state: store, connect: true });
    const before = visible();
    await stage.current.settled(before.connect());
    await time.until(() => before.visibility === "visible");
    const port = before.discoveryPort;
    await stage.current.settled(before.close());
    store.stall();
    const made = visible();
    made.connect().catch(() => undefined);
    await time.advance(60_000);
    const meanwhile = made.visibility;
    store.answer();
    await time.until(() => made.visibility === "visible");
    const ports = [port, made.discoveryPort];
    await stage.current.settled(made.close());
    assert.equal(meanwhile, "off");
    assert.equal(ports[0], ports[1]);
  });

  /** A session with a configured credential, of which the user signs out. After that, the disk stalls. */
  async function signOutOfConfigured(): Promise<void> {
    store = new StallingStore();
    const before = stage.current.session(account, { state: store });
    await stage.current.settled(before.connect());
    await stage.current.settled(before.signIns.signOutOfAll());
    await stage.current.settled(before.close());
    store.stall();
  }

  it("connects nothing meanwhile, though a credential is configured: the user may have signed out of it", async () => {
    const { simulator, time } = stage.current;
    await signOutOfConfigured();
    const { length } = simulator.stats.logins;
    const made = stage.current.session(account, { state: store });
    const connecting = new Outcome(made.connect());
    const token = new Outcome(made.tokens.getToken(SCOPES));
    await time.advance(60_000);
    assert.deepEqual([connecting.error?.code, token.error?.code], ["UNREACHABLE", "UNREACHABLE"]);
    store.answer();
    await time.advance(60_000);
    assert.equal(made.state, "idle");
    assert.deepEqual(made.signIns.list(), []);
    assert.equal(simulator.stats.logins.length, length);
  });

  it("connects nothing during the first seconds either, whatever it is asked", async () => {
    const { simulator, time } = stage.current;
    await signOutOfConfigured();
    const { length } = simulator.stats.logins;
    const { player, tokens } = stage.current.session(account, { state: store, observe: true });
    const asked = [player.refresh(), player.devices(), player.pause(), tokens.getToken(SCOPES)].map(
      (answer) => new Outcome<unknown>(answer),
    );
    await time.advance(4_000);
    store.answer();
    await time.advance(60_000);
    for (const { error } of asked) assert.equal(error?.code, "NOT_SIGNED_IN");
    assert.equal(simulator.stats.logins.length, length);
  });

  it("says after a late answer that it is connecting, if Spotify cannot be reached", async () => {
    const { simulator, time } = stage.current;
    await simulator.stopAccessPoints();
    const made = session();
    made.connect().catch(() => undefined);
    await time.advance(20_000);
    store.answer();
    await time.advance(20_000);
    assert.equal(made.state, "connecting");
    await simulator.startAccessPoints();
    await time.until(() => made.state === "ready", 120_000);
  });

  it("writes nothing after it was closed: the account may have been deleted meanwhile", async () => {
    const { time } = stage.current;
    const made = session();
    made.connect().catch(() => undefined);
    await time.advance(20_000);
    const closed = new Outcome(made.close());
    await time.advance(10_000);
    assert.equal(closed.pending, false);
    const { saves } = store;
    store.answer();
    await time.advance(60_000);
    assert.equal(store.saves, saves);
  });

  it("connects with a configured credential as soon as it is known that the user has not signed out of it", async () => {
    const { time } = stage.current;
    store = new StallingStore();
    store.stall();
    const made = stage.current.session(account, { state: store });
    made.connect().catch(() => undefined);
    await time.advance(60_000);
    assert.equal(made.state, "idle");
    store.answer();
    await time.until(() => made.state === "ready", 60_000);
  });

  it("lets sign-ins that are under way wait for the answer", async () => {
    const { simulator, time } = stage.current;
    store = new StallingStore();
    const before = stage.current.session(undefined, { state: store });
    const pairing = await stage.current.settled(before.signIns.beginPairing());
    assert.ok(!(pairing instanceof Error));
    const { clientId } = ownApp(simulator);
    const authorization = before.signIns.beginAuthorization(clientId, SCOPES, REDIRECT_URI);
    const address = await simulator.approve(authorization.url, account);
    await stage.current.settled(before.close());
    store.stall();
    const made = stage.current.session(undefined, { state: store });
    const paired = new Outcome(made.signIns.finishPairing(pairing, new AbortController().signal));
    simulator.pair(pairing.code.userCode, account);
    const authorized = new Outcome(made.signIns.finishAuthorization(authorization, address));
    await time.advance(50_000);
    assert.deepEqual([paired.pending, authorized.pending], [true, true]);
    store.answer();
    await time.until(() => !paired.pending && !authorized.pending, 60_000);
    assert.deepEqual([paired.result, authorized.result], [account.username, account.username]);
  });
});

function rethrow<T>(outcome: T): T {
  if (outcome instanceof Error) throw outcome;
  return outcome;
}
