import { RedisLine } from "../../src/store/redis-line";
import { RedisSliceStore } from "../../src/store/redis-store";
import { redisServers, RedisServer } from "../support/redis-server";
import { describeSliceStore } from "./contract";

for (const [name, program] of redisServers()) {
  describe(name, () => {
    let server: RedisServer;
    before(async () => (server = await RedisServer.start(program)));
    after(() => server.close());

    let accounts = 0;
    describeSliceStore(name, async () => {
      const account = { id: `account${accounts++}`, instance: "one", secrets: ["the key"] as const };
      const stores: RedisSliceStore[] = [];
      // Each store has a line of its own, as it has in a process of its own.
      const open = async (): Promise<RedisSliceStore> => {
        const store = new RedisSliceStore(new RedisLine(server.url), { ...account, secrets: ["the key"] });
        stores.push(store);
        await store.read("grants");
        return store;
      };
      return {
        open,
        reopen: open,
        close: async () => void (await Promise.all(stores.map((store) => store.close()))),
      };
    });
  });
}
