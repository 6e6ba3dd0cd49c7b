import assert from "node:assert/strict";
import { inspect } from "node:util";
import { MemoryStateStore, Session, SpotifyError, type SessionOptions } from "../../src";
import type { Account, Faults } from "../simulator";
import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { Outcome, thrownBy } from "../support/failure";
import { useStage } from "../support/stage";

/** The whole output of a session, in a form that hides nothing. */
class Listener {
  said = "";

  note(something: unknown): void {
    this.said += `${inspect(something, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null })}\n`;
    if (something instanceof Error) {
      this.said += `${something.message}\n${something.stack}\n${JSON.stringify(something)}\n`;
      if (something.cause !== undefined) this.note(something.cause);
      if (something instanceof AggregateError) something.errors.forEach((error) => this.note(error));
    }
  }

  listenTo(session: Session): void {
    for (const event of ["state", "trouble", "clientId", "clientIdReport"] as const) {
      session.on(event, (payload: unknown) => this.note(payload));
    }
    session.tokens.on("token", (notice) => this.note(notice));
  }
}

const FAULTS: readonly Partial<Faults>[] = [
  {},
  { wrongKey: true },
  { wrongMac: 1 },
  { wrongMac: "next" },
  { dropBeforeHello: true },
  { dropAfterHello: true },
  { dropAfterLogin: 2 },
  { dropMidRequest: 2 },
  { garbage: "hello" },
  { garbage: "hello-length" },
  { garbage: "packets" },
  { garbage: "packet-length" },
  { garbage: "mercury-length" },
  { garbage: "keymaster" },
  { silent: "hello" },
  { silent: "login" },
  { silent: "mercury" },
  { loginFailed: 12 },
  { loginFailed: 99 },
  { handshakeLoginFailed: 11 },
  { tryAnotherAp: true },
  { mercuryStatus: 500 },
  { mercuryStatus: 404 },
  { resolverGarbage: true },
  { resolverStatus: 503 },
];

describe("secrets", () => {
  const stage = useStage({ accessPoints: 2 });

  function secretsOf(account: Account, ...more: string[]): string[] {
    const stored = account.storedCredential;
    return [
      stored.toString("base64"),
      stored.toString("base64url"),
      stored.toString("hex"),
      // In the form in which inspect writes bytes.
      stored
        .subarray(0, 12)
        .toString("hex")
        .replace(/(..)(?=.)/g, "$1 "),
      [...stored.subarray(0, 8)].join(", "),
      ...stage.current.simulator.issuedTokens.map(({ accessToken }) => accessToken),
      ...more,
    ];
  }

  function assertSilentAbout(listener: Listener, secrets: readonly string[]): void {
    for (const secret of secrets) {
      const at = listener.said.indexOf(secret.slice(0, 24));
      assert.ok(at < 0, `a secret was told: …${listener.said.slice(Math.max(0, at - 300), at + 40)}…`);
    }
  }

  for (const faults of FAULTS) {
    it(`are in no log line, error or event: ${JSON.stringify(faults)}`, async () => {
      const { simulator, time } = stage.current;
      const listener = new Listener();
      const account = stage.current.account();
      const accessToken = account.accessToken();
      const options: SessionOptions = { log: (level, message) => listener.note({ level, message }) };
      for (const credentials of [account.credentialsJson, { accessToken }]) {
        const session = stage.current.session(account, {
          ...options,
          credentials,
          state: new MemoryStateStore(),
        });
        listener.listenTo(session);
        const early = new Outcome(session.tokens.getToken(["streaming"]));
        await time.advance(2_000);
        Object.assign(simulator.faults, faults);
        const outcomes = [
          new Outcome(session.connect()),
          new Outcome(session.tokens.getToken(["user-top-read"])),
          new Outcome(session.tokens.getTokenWithClientId(["user-top-read"], "android")),
          new Outcome(session.mercury.get("hm://nothing/here")),
        ];
        simulator.dropAll();
        await time.advance(35_000);
        for (const { error } of [early, ...outcomes]) listener.note(error);
        listener.note(session.error);
        listener.note(session);
        listener.note(session.tokens);
        Object.assign(simulator.faults, Object.fromEntries(Object.keys(faults).map((name) => [name, false])));
        await session.close();
      }
      assert.ok(listener.said.length > 1000);
      assertSilentAbout(listener, secretsOf(account, accessToken));
    });
  }

  it("are not in the errors about wrong settings", () => {
    const listener = new Listener();
    const secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ";
    const wrong: SessionOptions[] = [
      { credentials: `{"username":"u","auth_type":1,"auth_data":"${secret}"` },
      { credentials: `{"username":"u","auth_type":0,"auth_data":"${secret}"}` },
      { credentials: `{"auth_type":1,"auth_data":"${secret}"}` },
      { credentials: `{"username":"u","auth_type":1,"auth_data":"${secret}!"}` },
      { credentials: secret },
      { endpoints: { apResolve: `https://user:${secret}@host/` } },
      { endpoints: { apResolve: `https://user:${secret}@host:port/` } },
      { endpoints: { apResolve: `http://${secret}/` } },
      { accessPointKey: `-----BEGIN PUBLIC KEY-----\n${secret}\n-----END PUBLIC KEY-----` },
      { deviceId: `${secret} ${secret}` },
      { clientId: secret },
    ];
    for (const options of wrong) listener.note(thrownBy(() => new Session(options), "INVALID_ARGUMENT"));
    assertSilentAbout(listener, [secret]);
  });

  it("are not in the error about a proxy's refusal", async () => {
    const { time } = stage.current;
    const listener = new Listener();
    for (const proxy of [
      "http://user:pass%20word%25secret@127.0.0.1:1",
      "http://user:pass word secret@x:y:z",
    ]) {
      stage.current.after(setEnvironment({ ...NO_PROXY_AT_ALL, https_proxy: proxy }));
      const session = stage.current.session(stage.current.account(), {
        log: (_level, message) => listener.note(message),
      });
      listener.listenTo(session);
      const connecting = new Outcome(session.connect({ timeout: 800 }));
      await time.advance(2_000);
      assert.ok(connecting.error instanceof SpotifyError);
      listener.note(connecting.error);
      await session.close();
    }
    assertSilentAbout(listener, ["pass%20word", "pass word"]);
  });
});
