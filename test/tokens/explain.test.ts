import assert from "node:assert/strict";
import { MemoryStateStore, type Session, type SourceVerdict } from "../../src";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const HOUR = 60 * 60_000;
const SCOPES = ["user-read-playback-state"];

describe("Where a token would come from", () => {
  const stage = useStage();

  async function said(
    session: Session,
    scopes: readonly string[],
    ...rest: [clientId?: string, source?: "auto" | "keymaster" | "login5" | "oauth"]
  ): Promise<string> {
    const { sources } = await session.tokens.explain(scopes, ...rest);
    return sources
      .map(({ source, reason, taken }: SourceVerdict) => `${source} ${taken ? "✓" : "–"} ${reason}`)
      .join(", ");
  }

  it("is answered without a request to Spotify", async () => {
    const session = await stage.current.connected();
    const before = stage.current.simulator.stats.keymasterRequests.length;
    assert.equal(await said(session, SCOPES), "oauth – no-grant, keymaster ✓ mints, login5 – has-scopes");
    assert.equal(await said(session, []), "oauth – no-grant, keymaster – needs-scopes, login5 ✓ no-scopes");
    assert.equal(stage.current.simulator.stats.keymasterRequests.length, before);
    assert.equal(stage.current.simulator.stats.login5Requests.length, 0);
  });

  it("is the user's own app if its sign-in covers the scopes, and keymaster if not", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(simulator, session, account, SCOPES);
    assert.equal(
      await said(session, SCOPES, app),
      "oauth ✓ grant-covers, keymaster – not-needed, login5 – has-scopes",
    );
    assert.equal(
      await said(session, ["streaming"], app),
      "oauth – grant-lacks, keymaster ✓ mints, login5 – has-scopes",
    );
    const { otherApp } = await session.tokens.explain(SCOPES, "keymaster");
    assert.equal(otherApp, app, "the client ID to name for it");
  });

  it("names the scopes that keymaster is reported to refuse, and still allows asking", async () => {
    const session = await stage.current.connected();
    const { sources } = await session.tokens.explain(["streaming", ...SCOPES], "android");
    const keymaster = sources.find(({ source }) => source === "keymaster");
    assert.equal(keymaster?.taken, true);
    assert.deepEqual(keymaster.scopes, SCOPES);
    await failureOf(session.tokens.getTokenWithClientId(SCOPES, "android"), "INVALID_SCOPE");
    assert.equal(
      await said(session, SCOPES, "android"),
      "oauth – no-grant, keymaster – refused-scopes, login5 – has-scopes",
    );
  });

  it("is no source while the account is not signed in, and when the sign-in has expired", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = stage.current.session(undefined);
    assert.equal(
      await said(session, SCOPES),
      "oauth – no-grant, keymaster – not-signed-in, login5 – has-scopes",
    );
    const app = await signInWithApp(simulator, session, account, SCOPES);
    simulator.revokeGrant(account);
    await failureOf(session.tokens.getTokenWithClientId(SCOPES, app), "SIGN_IN_EXPIRED");
    assert.equal(
      await said(session, SCOPES, app),
      "oauth – grant-ended, keymaster – not-signed-in, login5 – has-scopes",
    );
  });

  it("is only the chosen source", async () => {
    const session = await stage.current.connected();
    assert.equal(
      await said(session, SCOPES, "keymaster", "oauth"),
      "oauth – no-grant, keymaster – not-chosen, login5 – not-chosen",
    );
    await failureOf(session.tokens.explain(SCOPES, "keymaster", "magic" as "auto"), "INVALID_ARGUMENT");
    await failureOf(session.tokens.explain(["not a scope!"]), "INVALID_ARGUMENT");
    await failureOf(session.tokens.explain(SCOPES, "nobody"), "INVALID_ARGUMENT");
  });
});

describe("Whether keymaster serves an account", () => {
  const stage = useStage();

  async function refusedSession(state: MemoryStateStore): Promise<Session> {
    const session = await stage.current.connected(stage.current.account({ keymaster: "refused" }), { state });
    assert.equal(
      ((await stage.current.settled(session.tokens.getToken(SCOPES))) as Error).name,
      "SpotifyError",
    );
    return session;
  }

  it("is known after one refusal on a fresh session, and remembered over a restart with its date", async () => {
    const { simulator } = stage.current;
    const state = new MemoryStateStore();
    const session = await refusedSession(state);
    const asked = simulator.stats.keymasterRequests.length;
    const { sources } = await session.tokens.explain(SCOPES);
    const verdict = sources.find(({ source }) => source === "keymaster");
    assert.equal(verdict?.reason, "refused-account");
    assert.ok(Math.abs(Date.now() - verdict.since!) < 60_000);
    assert.equal(verdict.until! - verdict.since!, 24 * HOUR);
    await session.close();

    const [account] = simulator.accounts.all();
    const again = await stage.current.connected(account, { state });
    for (const clientId of ["keymaster", "ios", "android"]) {
      const error = await failureOf(again.tokens.getTokenWithClientId(SCOPES, clientId), "REQUEST_REFUSED");
      assert.match(error.message, /since 20\d\d-.*sign in with your own Spotify app/);
    }
    assert.equal(simulator.stats.keymasterRequests.length, asked, "nobody was asked");
  });

  it("is asked again after a day", async () => {
    const { simulator, time } = stage.current;
    const session = await refusedSession(new MemoryStateStore());
    const [account] = simulator.accounts.all();
    account!.keymaster = "allowed";
    await time.advance(23 * HOUR);
    await failureOf(session.tokens.getToken(SCOPES), "REQUEST_REFUSED");
    await time.advance(2 * HOUR);
    const token = await stage.current.settled(session.tokens.getToken(SCOPES));
    assert.ok("source" in token && token.source === "keymaster");
    assert.equal((await session.tokens.explain(["streaming"])).source, "keymaster");
  });

  it("is asked again after a new sign-in", async () => {
    const { simulator } = stage.current;
    const session = await refusedSession(new MemoryStateStore());
    const [account] = simulator.accounts.all();
    account!.keymaster = "allowed";
    await session.signIns.import(account!.credentialsJson);
    assert.equal((await session.tokens.getToken(SCOPES)).source, "keymaster");
  });

  it("is not concluded from a refusal of another client ID, nor if it has served this session", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    const [account] = simulator.accounts.all();
    account!.keymaster = "refused";
    const refused = await stage.current.settled(session.tokens.getToken(["streaming"]));
    assert.ok(refused instanceof Error);
    const { sources } = await session.tokens.explain(["streaming"]);
    assert.equal(sources.find(({ source }) => source === "keymaster")?.reason, "refused-client");
    assert.equal((await session.tokens.explain(["streaming"], CLIENT_IDS.ios)).source, "keymaster");
  });
});
