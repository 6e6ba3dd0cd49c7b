import assert from "node:assert/strict";
import type { ApiRequest } from "../../src";
import { CATALOGUE } from "../simulator/world/catalogue";
import { useCaller } from "./support";

const [first, second] = CATALOGUE.tracks.map(({ uri }) => uri) as [string, string];
const JPEG = Buffer.of(0xff, 0xd8, 0xff, 0xe0);

describe("The query of a request", () => {
  const caller = useCaller();

  const QUERIES: [ApiRequest["query"], string][] = [
    [{ limit: 2, offset: 4 }, "?limit=2&offset=4"],
    ["limit=2&offset=4", "?limit=2&offset=4"],
    ["?limit=2", "?limit=2"],
    [{ market: undefined, limit: null, offset: 0 }, "?offset=0"],
    [{ ids: ["a", 5, true], flag: false }, "?ids=a%2C5%2Ctrue&flag=false"],
    [{ q: "Señal & Perdida#?=" }, "?q=Se%C3%B1al+%26+Perdida%23%3F%3D"],
    [null, ""],
    ["", ""],
    [{}, ""],
  ];
  for (const [query, asked] of QUERIES) {
    it(`may be ${JSON.stringify(query)}`, async () => {
      await caller.current.request({ path: "/me", query: query ?? null });
      assert.deepEqual(caller.current.asked, [`GET /v1/me${asked}`]);
    });
  }

  it("takes precedence over the query of the path", async () => {
    await caller.current.request({ path: "/me?limit=5&market=SE", query: { limit: 7 } });
    assert.deepEqual(caller.current.asked, ["GET /v1/me?limit=7&market=SE"]);
  });

  const WRONG: unknown[] = [
    5,
    true,
    ["a"],
    { q: {} },
    { q: [["a"]] },
    { q: [null] },
    { q: NaN },
    { q: Infinity },
    { q: 5n },
    { q: Symbol("hush") },
    { q: "x".repeat(8_001) },
    Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, 1])),
  ];
  it("is refused, and nothing is sent, if it has the wrong type or is too long", async () => {
    for (const query of WRONG) {
      const request = { path: "/me", query } as ApiRequest;
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      await caller.current.failure(request, "INVALID_ARGUMENT");
    }
    caller.current.sentNothing("wrong queries");
  });
});

describe("The body of a request", () => {
  const caller = useCaller();

  it("is a document, a JSON text or a Buffer with one", async () => {
    const document = { name: "Rain", public: false };
    const text = JSON.stringify(document);
    const create = { method: "POST", path: "/me/playlists" } as const;
    for (const body of [document, text, Buffer.from(text)]) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      const { status, body: made } = await caller.current.request({ ...create, body });
      assert.equal(status, 201);
      assert.deepEqual([Object(made).name, Object(made).public], ["Rain", false]);
    }
  });

  it("changes data: a playlist is created, filled, renamed and emptied", async () => {
    const { account, session } = caller.current;
    const call = async (method: "POST" | "PUT" | "DELETE", path: string, body: unknown): Promise<unknown> =>
      (await session.webApi.request({ method, path, body })).body;
    const { id } = Object(await call("POST", "/me/playlists", { name: "Rain" }));
    const items = (): string[] | undefined => account.playlists.find(id)?.items.map(({ uri }) => uri);
    const { snapshot_id } = Object(await call("POST", `/playlists/${id}/items`, { uris: [first, second] }));
    assert.equal(typeof snapshot_id, "string");
    assert.deepEqual(items(), [first, second]);
    assert.equal(await call("PUT", `/playlists/${id}`, { name: "Sun" }), null);
    assert.equal(account.playlists.find(id)?.name, "Sun");
    await call("DELETE", `/playlists/${id}/items`, { items: [{ uri: first }] });
    assert.deepEqual(items(), [second]);
  });

  it("is a picture, as a Buffer or in base64, for the call that accepts one", async () => {
    const id = CATALOGUE.dinner.uri.split(":").at(-1);
    for (const body of [JPEG, JPEG.toString("base64")]) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      const answer = await caller.current.request({ method: "PUT", path: `/playlists/${id}/images`, body });
      assert.equal(answer.status, 202);
    }
    for (const body of [{ picture: 1 }, "no picture!", Buffer.alloc(256 * 1024)]) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      await caller.current.failure(
        { method: "PUT", path: `/playlists/${id}/images`, body },
        "INVALID_ARGUMENT",
      );
    }
  });

  it("may be left out", async () => {
    const path = `/me/library?uris=${first}`;
    for (const body of [undefined, null, ""]) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      assert.equal((await caller.current.request({ method: "put", path, body })).status, 200);
    }
    assert.deepEqual([...caller.current.account.library], [first]);
    const { body } = await caller.current.request({
      path: "/me/library/contains",
      query: { uris: [first, second] },
    });
    assert.deepEqual(body, [true, false]);
    await caller.current.request({ method: "DELETE", path });
    assert.equal(caller.current.account.library.size, 0);
  });

  it("is refused, and nothing is sent, if it is not a JSON document, or larger than 1 MB", async () => {
    const circle: Record<string, unknown> = {};
    circle["circle"] = circle;
    const throwing = {
      toJSON: () => {
        throw new Error("hush");
      },
    };
    const wrong = [
      "{",
      "text",
      "5",
      "null",
      5,
      true,
      5n,
      () => 1,
      circle,
      throwing,
      { a: 5n },
      "x".repeat(2 << 20),
    ];
    for (const body of [...wrong, { filling: "x".repeat(1 << 20) }, Buffer.of(0xff)]) {
      const request: ApiRequest = { method: "POST", path: "/me/playlists", body };
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      const { message } = await caller.current.failure(request, "INVALID_ARGUMENT");
      assert.doesNotMatch(message, /hush/);
    }
    caller.current.sentNothing("wrong bodies");
  });

  it("is never sent with GET", async () => {
    const { status } = await caller.current.request({ path: "/me", body: "{ not even JSON" });
    assert.equal(status, 200);
  });
});
