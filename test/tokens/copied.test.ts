/** Two user directories, one of them a copy: each sign-in belongs to one of them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT_IDS, FileStateStore, type Session } from "../../src";
import type { Grant } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import type { TokenEndpoint } from "../../src/oauth/token-endpoint";
import type { Slice } from "../../src/store/slice";
import { StateFolder } from "../../src/store/state-folder";
import { StoreInFolder } from "../../src/store/store-in-folder";
import { AppCheck } from "../../src/tokens/app-check";
import { OAuth } from "../../src/tokens/oauth";
import type { Account, App } from "../simulator";
import { ALONE } from "../support/alone";
import { failureOf } from "../support/failure";
import { copyFolder } from "../support/folder-copy";
import { ownApp, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state"];
const HOUR = 3_600_000;
const NEVER = new AbortController().signal;

describe("sign-ins in a copy of a user directory", () => {
  const stage = useStage({ policy: { deviceInterval: 1 } });
  let home: string;
  let original: string;
  let copy: string;
  let account: Account;
  let app: App;
  let warnings: string[];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "copied-"));
    original = join(home, "original");
    copy = join(home, "copy");
    account = stage.current.account();
    app = ownApp(stage.current.simulator);
    warnings = [];
    stage.current.after(() => rm(home, { recursive: true, force: true }));
  });

  /** Like a Node-RED that starts with this folder. */
  async function open(folder: string): Promise<Session> {
    const store = new FileStateStore(join(folder, "account.state"), "the key");
    const session = stage.current.session(undefined, {
      state: new StoreInFolder(StateFolder.at(folder), store),
      log: (level, message) => level === "warn" && warnings.push(message),
    });
    await session.connect();
    return session;
  }

  const useApp = (session: Session): Promise<string> =>
    signInWithApp(stage.current.simulator, session, account, SCOPES, app);

  async function pair(session: Session): Promise<void> {
    const pairing = await session.signIns.beginPairing();
    stage.current.simulator.pair(pairing.code.userCode, account);
    await session.signIns.finishPairing(pairing, NEVER);
  }

  const tokenOf = (session: Session, clientId: string) =>
    session.tokens.getTokenWithClientId(SCOPES, clientId, { source: "oauth" });

  const refreshes = (): number =>
    stage.current.simulator.stats.tokenRequests.filter(({ grantType }) => grantType === "refresh_token")
      .length;

  /** A copy of the folder after a session has run `signIn`. */
  async function copied(signIn: (session: Session) => Promise<unknown>): Promise<Session> {
    const first = await open(original);
    await signIn(first);
    await first.close();
    await copyFolder(original, copy);
    return open(copy);
  }

  for (const [what, clientId, signIn] of [
    ["an own app", () => app.clientId, useApp],
    ["a pairing", () => CLIENT_IDS.keymaster, pair],
  ] as const) {
    it(`are not used: of ${what}, so that the original still works`, async () => {
      const here = await copied(signIn);
      const error = await failureOf(tokenOf(here, clientId()), "NOT_SIGNED_IN");
      assert.match(error.message, /is a copy.*the original keeps it.*use the sign-ins here/);
      assert.equal(refreshes(), 0, "nothing was asked");
      assert.equal(here.stateProblem?.kind, "copied");
      assert.equal(warnings.length, 1, "said once");
      assert.match(warnings[0]!, /is a copy .*original is gone/);
      assert.ok(warnings[0]!.includes(copy));

      const there = await open(original);
      assert.equal(there.stateProblem, undefined);
      assert.equal((await tokenOf(there, clientId())).source, "oauth");
      assert.equal(stage.current.simulator.stats.refreshReuse, 0);
    });

    it(`are used once the user says so, without a restart: of ${what}`, async () => {
      const here = await copied(signIn);
      await failureOf(tokenOf(here, clientId()), "NOT_SIGNED_IN");
      const told = once(here.signIns, "change");
      await StateFolder.at(copy).useHere();
      await told;
      assert.equal((await tokenOf(here, clientId())).source, "oauth");
      assert.equal(here.stateProblem, undefined);
      await here.close();
      assert.equal((await open(copy)).stateProblem, undefined, "and after a restart too");
    });
  }

  it("give the token that is still valid before another source gives one without scopes", async () => {
    let before = "";
    const here = await copied(async (session) => {
      await pair(session);
      before = (await tokenOf(session, CLIENT_IDS.keymaster)).accessToken;
    });
    assert.equal((await here.tokens.getToken([])).accessToken, before);
    assert.equal((await here.tokens.getToken([], { source: "login5" })).source, "login5");
    assert.equal((await here.tokens.getToken(SCOPES)).accessToken, before);
  });

  it("give the tokens that are still valid, also without scopes, and no new ones", async () => {
    const { time } = stage.current;
    let before = "";
    const here = await copied(async (session) => {
      await useApp(session);
      before = (await tokenOf(session, app.clientId)).accessToken;
    });
    assert.equal((await here.tokens.getTokenWithClientId([], app.clientId)).accessToken, before);
    assert.equal((await tokenOf(here, app.clientId)).accessToken, before);
    await time.advance(HOUR);
    await failureOf(stage.current.settled(tokenOf(here, app.clientId)).then(thrown), "NOT_SIGNED_IN");
    assert.equal(refreshes(), 1, "that of the original");
  });

  it("do not affect the connection and its tokens, because Spotify does not replace that credential", async () => {
    const here = await copied(pair);
    assert.equal(here.state, "ready");
    assert.equal((await here.tokens.getToken(SCOPES)).source, "keymaster");
    assert.equal((await here.tokens.getToken([])).source, "login5");
    assert.equal(refreshes(), 0);
  });

  it("that are made in the copy belong to it: they are used, even after a restart", async () => {
    const { time } = stage.current;
    let here = await copied(useApp);
    await useApp(here);
    const first = await tokenOf(here, app.clientId);
    await here.close();
    here = await open(copy);
    assert.equal(here.stateProblem?.kind, "copied", "other sign-ins may be the original's");
    await time.advance(HOUR);
    const second = (await stage.current.settled(tokenOf(here, app.clientId))) as typeof first;
    assert.notEqual(second.accessToken, first.accessToken);
    assert.equal(refreshes(), 2);
  });

  it("that are made in the copy are held back in a copy of the copy", async () => {
    const here = await copied(useApp);
    await useApp(here);
    await here.close();
    await copyFolder(copy, join(home, "third"));
    const third = await open(join(home, "third"));
    await failureOf(tokenOf(third, app.clientId), "NOT_SIGNED_IN");
    assert.equal(refreshes(), 0);
  });

  it("fail at their source without a request, for every caller", async () => {
    const { clientId } = app;
    const grant = { clientId, refreshToken: "r", scopes: SCOPES, authorizedAt: 1, username: "mira" };
    const asked: unknown[] = [];
    const endpoint = { ask: (...asking: unknown[]) => Promise.reject(asked.push(asking)) };
    const kept = { value: [grant] } as unknown as Slice<readonly Grant[]>;
    const apps = new AppCheck({ usernameOf: NEVER_ASKED }, { checked: NEVER_ASKED });
    const oauth = new OAuth(
      new Grants(kept, () => "this copy"),
      endpoint as unknown as TokenEndpoint,
      apps,
      ALONE,
    );
    const error = await failureOf(oauth.mint(SCOPES, clientId, NEVER), "NOT_SIGNED_IN");
    assert.equal(error.clientId, clientId);
    assert.deepEqual(asked, []);
  });

  it("are reported as held back, with the source that is used instead", async () => {
    const here = await copied(pair);
    const { sources } = await here.tokens.explain(SCOPES, "keymaster");
    assert.deepEqual(
      sources.map(({ reason }) => reason),
      ["grant-held", "mints", "has-scopes"],
    );
  });

  it("are held back even while the state cannot be written, which is then reported", async () => {
    const here = await copied(async (session) => {
      await pair(session);
      await useApp(session);
    });
    const file = join(copy, "account.state");
    await rm(file);
    await mkdir(join(file, "x"), { recursive: true });
    await useApp(here);
    assert.equal(here.stateProblem?.kind, "write");
    assert.equal((await tokenOf(here, app.clientId)).source, "oauth");
    const { message } = await failureOf(tokenOf(here, CLIENT_IDS.keymaster), "NOT_SIGNED_IN");
    assert.match(message, /is a copy/);
    await rm(file, { recursive: true });
  });
});

const NEVER_ASKED = (): Promise<never> => Promise.reject(new Error("Nobody is to be asked"));

function thrown(result: unknown): never {
  throw result;
}
