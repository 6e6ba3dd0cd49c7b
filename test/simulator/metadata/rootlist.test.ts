import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { login5Token } from "../clients/raw-device";
import { Simulator, type Account } from "../index";
import { CATALOGUE } from "../world/catalogue";

const { defaultPlaylist, dinner, party, dj } = CATALOGUE;

describe("simulator: the list of playlists on spclient", () => {
  let simulator: Simulator;
  let ada: Account;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
  });

  afterEach(() => simulator.close());

  function ask(query: string, headers: Record<string, string> = {}, username = "ada"): Promise<Response> {
    const all = {
      accept: "application/json",
      authorization: `Bearer ${login5Token(simulator, ada)}`,
      "client-token": simulator.clientTokens.grant(CLIENT_IDS.keymaster, "", 3600).token,
      ...headers,
    };
    return fetch(`${simulator.endpoints.spclient}/playlist/v2/user/${username}/rootlist?${query}`, {
      headers: all,
    });
  }

  async function contents(
    query: string,
  ): Promise<{ items: { uri: string }[]; metaItems: object[]; truncated: boolean }> {
    const response = await ask(query);
    assert.equal(response.status, 200);
    return Object(await response.json()).contents;
  }

  it("has the playlists in their order, and two rows for a folder", async () => {
    const { items, metaItems, truncated } = await contents("decorate=attributes,length,owner");
    assert.deepEqual(
      items.map(({ uri }) => uri.replace(/^(spotify:(?:start|end)-group):.*/, "$1")),
      [defaultPlaylist.uri, "spotify:start-group", dinner.uri, "spotify:end-group", party.uri, dj.uri],
    );
    assert.deepEqual(metaItems[0], {
      attributes: { name: "Protocol Hits" },
      length: 5,
      ownerUsername: "ada",
    });
    assert.deepEqual([metaItems[1], metaItems.length, truncated], [{}, 6, false]);
  });

  it("has no data of a playlist that was not requested", async () => {
    assert.deepEqual((await contents("decorate=length")).metaItems[0], { length: 5 });
    assert.equal((await contents("from=0")).metaItems, undefined);
  });

  it("has the requested number of rows, from the requested one", async () => {
    const { items, truncated } = await contents("from=4&length=1");
    assert.deepEqual([items.map(({ uri }) => uri), truncated], [[party.uri], true]);
    assert.equal((await contents("from=5&length=9")).truncated, false);
  });

  it("is refused without a token, without a client token, to another account, and as protobuf", async () => {
    assert.equal((await ask("", { authorization: "Bearer no" })).status, 401);
    assert.equal((await ask("", { "client-token": "" })).status, 400);
    assert.equal((await ask("", {}, "mira")).status, 403);
    assert.equal((await ask("", { accept: "application/x-protobuf" })).status, 406);
  });

  it("fails as specified", async () => {
    simulator.faults.rootlistStatus = 500;
    assert.equal((await ask("")).status, 500);
    assert.deepEqual(simulator.stats.metadataRequests.at(-1)?.service, "rootlist");
  });
});
