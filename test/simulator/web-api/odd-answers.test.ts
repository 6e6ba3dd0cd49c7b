import assert from "node:assert/strict";
import { CATALOGUE } from "../world/catalogue";
import { ApiClient } from "../clients/api-client";

describe("simulator: the Web API", () => {
  let client: ApiClient;

  beforeEach(async () => {
    client = await ApiClient.start();
  });

  afterEach(() => client.close());

  describe("no longer serves apps in development mode", () => {
    const GONE: Record<string, number> = {
      "GET /playlists/5imDinner000000000001/tracks": 403,
      "POST /users/ada/playlists": 403,
      "PUT /me/tracks": 403,
      "GET /tracks?ids=1": 403,
      "GET /markets": 403,
      "GET /recommendations": 404,
      "GET /artists/5imArtist/related-artists": 404,
    };
    for (const [request, status] of Object.entries(GONE)) {
      it(request, async () => assert.equal((await client.ask(request)).status, status));
    }
  });

  describe("on demand", () => {
    it("answers with each kind of body that is not the document", async () => {
      const told = async (): Promise<unknown[]> => {
        const { body, headers } = await client.ask("GET /me");
        return [body, headers.get("content-type")?.split(";")[0]];
      };
      const { faults } = client.simulator;
      const [document] = await told();
      faults.webApiBody = "empty";
      assert.deepEqual(await told(), ["", "application/json"]);
      faults.webApiBody = "null";
      assert.deepEqual(await told(), [null, "application/json"]);
      faults.webApiBody = "text";
      assert.deepEqual(await told(), ["5imAck", "text/plain"]);
      faults.webApiBody = "html";
      assert.equal((await told())[1], "text/html");
      faults.webApiBody = "invalid-json";
      assert.deepEqual(await told(), ['{"items": [', "application/json"]);
      faults.webApiBody = { value: "wrong-type", times: 1 };
      assert.deepEqual(await told(), [document, "text/plain"]);
      assert.deepEqual(await told(), [document, "application/json"]);
      faults.webApiBody = "too-large";
      const { headers } = await client.ask("GET /me");
      assert.ok(Number(headers.get("content-length")) > 10 << 20);
    });

    it("carries the request out before it answers with such a body, but not before an exact answer", async () => {
      const { account, simulator } = client;
      const answer = { status: 307, headers: { location: "/v1/me" } };
      simulator.faults.webApiAnswer = { value: answer, times: 1 };
      const uri = CATALOGUE.tracks[0]!.uri;
      const sent = await client.ask(`PUT /me/library?uris=${uri}`);
      assert.deepEqual([sent.status, sent.headers.get("location")], [307, "/v1/me"]);
      assert.equal(account.library.size, 0);
      simulator.faults.webApiBody = "html";
      await client.ask(`PUT /me/library?uris=${uri}`);
      assert.equal(account.library.size, 1);
    });

    it("names another address for the next page, of a list and of a list within the answer", async () => {
      const { faults } = client.simulator;
      faults.webApiNext = "https://example.com/v1/me/tracks";
      assert.equal((await client.ask("GET /me/tracks")).body.next, faults.webApiNext);
      const { body } = await client.ask("GET /search?q=wake&type=track");
      assert.equal(body.tracks.next, faults.webApiNext);
      assert.equal((await client.ask("GET /me")).body.next, undefined);
    });

    it("answers late, drops the connection, and limits the rate without a time", async () => {
      const { faults } = client.simulator;
      faults.webApiAnswer = { value: { status: 0, drop: true }, times: 1 };
      await assert.rejects(client.ask("GET /me"));
      faults.webApiRateLimited = { value: 0, times: 1 };
      const limited = await client.ask("GET /me");
      assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, null]);
      faults.webApiSlow = { value: 50, times: 1 };
      const start = performance.now();
      assert.equal((await client.ask("GET /me")).status, 200);
      assert.ok(performance.now() - start >= 49);
    });
  });

  it("records the scope, query and body of a request in the journal", async () => {
    await client.ask("GET /search?q=wake&type=track");
    assert.deepEqual(client.simulator.stats.webApiRequests, [
      { method: "GET", path: "/v1/search", query: "?q=wake&type=track", status: 200 },
    ]);
  });
});
