import assert from "node:assert/strict";
import { inspect } from "node:util";
import { CLIENT_IDS, MemoryStateStore, type Session } from "../../src";
import { DEALER_GARBAGE, type Faults } from "../simulator";
import { useStage } from "../support/stage";

const FAULTS: readonly Partial<Faults>[] = [
  {},
  ...[301, 401, 403, 429, 503].map((status) => ({ dealerStatus: status })),
  { dealerRateLimited: 600 },
  { dealerDrop: true },
  { dealerClose: 1011 },
  { dealerSilent: "connection-id" },
  { dealerSilent: "pong" },
  ...DEALER_GARBAGE.map((kind) => ({ dealerGarbage: kind })),
  ...[400, 401, 403, 500].map((status) => ({ connectStateStatus: status })),
  { connectStateDrop: true },
  { connectStateSlow: 20_000 },
  { connectStateRateLimited: 600 },
  { connectStateBody: "garbage" },
  { connectStateBody: "empty" },
];

describe("The secrets that open the dealer and connect-state", () => {
  const stage = useStage();
  let said = "";

  function note(something: unknown): void {
    said += `${inspect(something, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null })}\n`;
    if (!(something instanceof Error)) return;
    said += `${something.message}\n${something.stack}\n${JSON.stringify(something)}\n`;
    if (something.cause !== undefined) note(something.cause);
  }

  function listenTo(session: Session): void {
    for (const event of ["state", "trouble", "clientId", "clientIdReport", "following"] as const) {
      session.on(event, (payload: unknown) => {
        note(payload);
        note(session.following);
      });
    }
  }

  for (const faults of FAULTS) {
    it(`are in no log line, error or event: ${JSON.stringify(faults)}`, async () => {
      const { simulator, time } = stage.current;
      said = "";
      Object.assign(simulator.faults, faults);
      const account = stage.current.account();
      const state = new MemoryStateStore();
      const session = stage.current.session(account, {
        observe: true,
        connect: false,
        log: (level, message) => note({ level, message }),
        state,
      });
      listenTo(session);
      await session.connect();
      await time.advance(20_000);
      const phone = simulator.officialApp(account, { clientId: CLIENT_IDS.android });
      await phone.takeOver({ via: "frames" });
      simulator.dealer.drop();
      await time.advance(60_000);
      for (const part of [session, session.following, session.tokens, session.clientIdState]) note(part);
      const token = await session.tokens.getTokenWithClientId([], "keymaster", { source: "login5" });
      const ids = simulator.dealer.connections.map(({ id }) => id);
      const clientTokens = simulator.clientTokens.all().map((granted) => granted.token);
      assert.ok(said.length > 1_000);
      for (const secret of [token.accessToken, ...simulator.secrets, ...clientTokens, ...ids]) {
        assert.ok(!said.includes(secret.slice(0, 24)), "a secret was told");
      }
      assert.doesNotMatch(said, /access_token=|Bearer /);
    });
  }
});
