import assert from "node:assert/strict";
import { CATALOGUE } from "../simulator/world/catalogue";
import { Requests } from "./support";

interface Named {
  name: string;
}

describe("A request for all pages", () => {
  let requests: Requests;

  beforeEach(async () => {
    requests = await Requests.begin();
  });

  afterEach(() => requests.end());

  const addPlaylists = (count: number): void => {
    for (let i = 0; i < count; i++) requests.account.playlists.add({ name: `List ${i}` });
  };
  const names = (body: unknown): string[] => (body as Named[]).map(({ name }) => name);

  it("gives one list of all items, in their order, in as few requests as the call allows", async () => {
    addPlaylists(120);
    const seen: [number, number | undefined][] = [];
    const { status, body, next } = await requests.request({
      path: "/me/playlists",
      all: true,
      onPage: (items, total) => seen.push([items, total]),
    });
    const all = requests.account.playlists.all;
    assert.equal(status, 200);
    assert.equal(next, undefined);
    assert.deepEqual(
      names(body),
      all.map(({ name }) => name),
    );
    assert.deepEqual(seen, [
      [50, all.length],
      [100, all.length],
      [all.length, all.length],
    ]);
    assert.equal(requests.asked.length, 3);
  });

  it("keeps a limit that the user has set", async () => {
    addPlaylists(10);
    const { body } = await requests.request({ path: "/me/playlists?limit=5", all: true });
    assert.equal((body as unknown[]).length, requests.account.playlists.all.length);
    assert.equal(requests.asked.length, Math.ceil(requests.account.playlists.all.length / 5));
  });

  it("follows pages that have a cursor, and a list that stands in a property", async () => {
    for (const { uri } of CATALOGUE.artists) requests.account.library.add(uri);
    const { body } = await requests.request({ path: "/me/following?type=artist&limit=2", all: true });
    assert.deepEqual(
      names(body),
      CATALOGUE.artists.map(({ name }) => name),
    );
  });

  it("asks a search for at most ten at once", async () => {
    const { body } = await requests.request({ path: "/search", query: { q: "e", type: "album" }, all: true });
    assert.ok((body as unknown[]).length > 0);
  });

  it("gives an empty list if there is nothing", async () => {
    const { body } = await requests.request({ path: "/me/tracks", all: true });
    assert.deepEqual(body, []);
  });

  it("stops after 50 pages, and says where the next one is", async () => {
    addPlaylists(60);
    const { body, next } = await requests.request({ path: "/me/playlists?limit=1", all: true });
    assert.equal((body as unknown[]).length, 50);
    assert.equal(requests.asked.length, 50);
    assert.match(next ?? "", /^\/v1\/me\/playlists\?/);
    const rest = await requests.request({ path: next!, all: true });
    assert.equal((rest.body as unknown[]).length, requests.account.playlists.all.length - 50);
  });

  it("never asks another host for the next page", async () => {
    requests.simulator.faults.webApiAnswer = {
      value: { status: 200, body: { items: [{}], next: "https://example.com/v1/me/playlists?offset=1" } },
      times: 1,
    };
    const { code, message } = await requests.failure({ path: "/me/playlists", all: true });
    assert.equal(code, "PROTOCOL_ERROR");
    assert.match(message, /next page is not on the Web API/);
    assert.equal(requests.asked.length, 1);
  });

  it("does not walk in a circle", async () => {
    requests.simulator.faults.webApiAnswer = {
      status: 200,
      body: { items: [{}], next: "https://api.spotify.com/v1/me/playlists?offset=1" },
    };
    const { code } = await requests.failure({ path: "/me/playlists", all: true });
    assert.equal(code, "PROTOCOL_ERROR");
    assert.equal(requests.asked.length, 2);
  });

  it("fails with the page that fails twice", async () => {
    addPlaylists(120);
    requests.simulator.faults.webApiStatus = { value: 500, times: 1 };
    await requests.request({ path: "/me/playlists", all: true });
    requests.simulator.faults.webApiStatus = { value: 500, times: 2 };
    assert.equal((await requests.failure({ path: "/me/playlists", all: true })).code, "UNREACHABLE");
  });

  for (const [what, request, why] of [
    ["an answer without pages", { path: "/me" }, /has no pages/],
    ["several lists", { path: "/search?q=e&type=album,artist" }, /has several lists/],
    ["another method than GET", { path: "/me/playlists", method: "POST" }, /Only GET has pages/],
  ] as const) {
    it(`says that it cannot be had of ${what}`, async () => {
      const { code, message } = await requests.failure({ ...request, all: true });
      assert.equal(code, "INVALID_ARGUMENT");
      assert.match(message, why);
    });
  }
});
