import assert from "node:assert/strict";
import { describeWithRedis, redisServers, RedisServer } from "./redis-server";

const servers = redisServers();
for (const [name, program] of servers.length > 0 ? servers : ([["Redis", ""]] as const)) {
  describeWithRedis(`the ${name} of the tests`, () => {
    let redis: RedisServer;

    beforeEach(async () => {
      redis = await RedisServer.start(program);
    });
    afterEach(() => redis.close());

    for (const end of ["kill", "stop"] as const) {
      it(`comes back after ${end} on the same port, with its data`, async () => {
        const { url } = redis;
        await redis.command("SET", "name", "value");
        await redis[end]();
        assert.equal(redis.isRunning, false);
        await assert.rejects(redis.command("GET", "name"));
        await redis.start();
        assert.deepEqual([redis.url, await redis.command("GET", "name")], [url, "value"]);
      });
    }

    it("does not answer while it is paused, and then answers everything", async () => {
      redis.pause();
      let isAnswered = false;
      const answer = redis.command("PING").finally(() => (isAnswered = true));
      // An answer of another server shows that there was enough time.
      const other = await RedisServer.start(program);
      await other.close();
      assert.equal(isAnswered, false);
      redis.resume();
      assert.equal(await answer, "PONG");
    });

    it("refuses requests that need memory while it is full", async () => {
      await redis.fillMemory();
      await assert.rejects(redis.command("SET", "name", "value"), /OOM/);
      await redis.freeMemory();
      assert.equal(await redis.command("SET", "name", "value"), "OK");
    });
  });
}
