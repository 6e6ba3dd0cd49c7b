/** An instance has refreshed a grant and cannot store the result, while the store works for all others. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Session } from "../../src";
import redisStore = require("../../src/store/redis");
import { signInWithApp } from "../support/own-app";
import { describeWithRedis, RedisServer } from "../support/redis-server";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-currently-playing"];

describeWithRedis("a new refresh token that the store has refused", function () {
  this.timeout(60_000);
  const stage = useStage();
  let redis: RedisServer;

  before(async () => {
    redis = await RedisServer.start();
  });
  after(() => redis?.close());

  const session = (instance: string): Session => {
    const sharedState = redisStore({ url: redis.url }).open({ id: "account", instance, secrets: ["a key"] });
    return stage.current.session(undefined, { deviceId: instance, sharedState, requestTimeout: 6_000 });
  };

  it("is waited for by the others: none of them uses the token that it has replaced", async () => {
    const { simulator } = stage.current;
    const [first, second] = [session("first"), session("second")];
    await Promise.all([first, second].map((one) => one.tokens.ready()));
    const known = once(second.signIns, "change");
    const clientId = await signInWithApp(simulator, first, stage.current.account(), SCOPES);
    await known;
    const ask = (one: Session): Promise<unknown> =>
      one.tokens.getTokenWithClientId(SCOPES, clientId).catch((error: unknown) => error);
    const refused = async (one: Session): Promise<void> => {
      const token = await one.tokens.getTokenWithClientId(SCOPES, clientId);
      one.tokens.refused(token.accessToken);
    };
    await refused(first);
    await refused(second);

    // Leases can be taken and returned, but no slice can be written.
    await redis.command("ACL", "SETUSER", "default", "-hset");
    await ask(first);
    await ask(second);
    await redis.command("ACL", "SETUSER", "default", "+hset");

    assert.equal(simulator.stats.refreshReuse, 0);
    assert.equal(second.signIns.list()[0]?.ended, false);
  });
});
