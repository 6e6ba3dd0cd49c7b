/** Many sessions that share an account over Redis, and ask for the same token at the same moment. */
import assert from "node:assert/strict";
import type { Session, Token } from "../../src";
import { RedisLine } from "../../src/store/redis-line";
import { RedisSliceStore } from "../../src/store/redis-store";
import type { Account } from "../simulator";
import { describeWithRedis, RedisServer } from "../support/redis-server";
import { useStage } from "../support/stage";

const SESSIONS = 10;
const MESSAGES = 100;
const SCOPES = ["user-read-currently-playing"];

describeWithRedis("ten sessions that share an account, a hundred messages each at once", function () {
  this.timeout(60_000);
  const stage = useStage();
  let redis: RedisServer;

  before(async () => {
    redis = await RedisServer.start();
  });
  after(() => redis?.close());

  /** Each session has a separate connection to the store, as in a separate process. */
  const sessionsOf = (account: Account, id: string): Session[] =>
    Array.from({ length: SESSIONS }, (_, index) => {
      const instance = `instance ${index}`;
      const sharedState = new RedisSliceStore(new RedisLine(redis.url), { id, instance, secrets: ["a key"] });
      return stage.current.session(account, { sharedState });
    });
  const everyMessage = (sessions: readonly Session[]): Promise<Token[]> =>
    Promise.all(
      sessions.flatMap((session) =>
        Array.from({ length: MESSAGES }, () => session.tokens.getToken(SCOPES, { source: "keymaster" })),
      ),
    );
  const asked = (): number => stage.current.simulator.stats.keymasterRequests.length;

  it("ask keymaster exactly once, and all get the same token", async () => {
    const sessions = sessionsOf(stage.current.account(), "asked-at-once");
    const tokens = await everyMessage(sessions);
    assert.equal(tokens.length, SESSIONS * MESSAGES);
    assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1);
    assert.equal(asked(), 1);
  });

  it("ask once more, together, if a server has refused that token", async () => {
    const sessions = sessionsOf(stage.current.account(), "refused");
    const [{ accessToken }] = (await everyMessage(sessions)) as [Token];
    for (const session of sessions) session.tokens.refused(accessToken);
    const tokens = await everyMessage(sessions);
    assert.equal(new Set(tokens.map((token) => token.accessToken)).size, 1);
    assert.notEqual(tokens[0]?.accessToken, accessToken);
    assert.equal(asked(), 2);
  });
});
