import assert from "node:assert/strict";
import { CATALOGUE } from "../world/catalogue";
import { ApiClient, type Json } from "../clients/api-client";

const [first, second, third] = CATALOGUE.tracks.map(({ uri }) => uri) as [string, string, string];
const dj = CATALOGUE.dj.uri.split(":").at(-1);

// Source: developer.spotify.com, Web API reference, and february-2026-migration-guide.
describe("simulator: the Web API's playlists", () => {
  let client: ApiClient;

  beforeEach(async () => {
    client = await ApiClient.start();
  });

  afterEach(() => client.close());

  async function made(body: Json = { name: "Rain" }): Promise<string> {
    return (await client.ask("POST /me/playlists", { body })).body.id;
  }

  async function urisIn(id: string): Promise<string[]> {
    const pages = await client.walk(`/playlists/${id}/items`);
    return pages.flatMap(({ items }) => items.map(({ item }: Json) => item.uri));
  }

  it("are listed with their owner and the number of their items", async () => {
    const { body } = await client.ask("GET /me/playlists?limit=10");
    assert.deepEqual(
      body.items.map(({ name, owner, items }: Json) => [name, owner.id, items.total]),
      [
        ["Protocol Hits", "ada", 5],
        ["Dinner", "ada", 5],
        ["Party", "ada", 6],
        ["DJ", "spotify", 6],
      ],
    );
  });

  it("are created, and are then first in the list", async () => {
    const body = { name: "Rain", description: "For rainy days", public: false };
    const { status, body: playlist } = await client.ask("POST /me/playlists", { body });
    assert.equal(status, 201);
    const { name, description, public: isPublic, owner, items, uri } = playlist;
    assert.deepEqual(
      [name, description, isPublic, owner.id, items.total, uri],
      ["Rain", "For rainy days", false, "ada", 0, `spotify:playlist:${playlist.id}`],
    );
    assert.equal((await client.ask("GET /me/playlists")).body.items[0].id, playlist.id);
    assert.match(playlist.id, /^[0-9A-Za-z]{22}$/);
  });

  it("need a name and a JSON document, and the scope for public or for private ones", async () => {
    const scopes = ["playlist-modify-public"];
    const statuses = [
      await client.ask("POST /me/playlists", { body: {} }),
      await client.ask("POST /me/playlists", { body: "{" }),
      await client.ask("POST /me/playlists", { body: { name: "Rain" }, scopes }),
      await client.ask("POST /me/playlists", { body: { name: "Rain", public: false }, scopes }),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [400, 400, 201, 403]);
  });

  it("change their name", async () => {
    const id = await made();
    assert.equal((await client.ask(`PUT /playlists/${id}`, { body: { name: "Sun" } })).status, 200);
    assert.equal((await client.ask(`GET /playlists/${id}`)).body.name, "Sun");
  });

  it("accept items at the end or at a position, and answer with a new snapshot each time", async () => {
    const id = await made();
    const end = await client.ask(`POST /playlists/${id}/items`, { body: { uris: [first, second] } });
    const start = await client.ask(`POST /playlists/${id}/items`, { body: { uris: [third], position: 0 } });
    assert.deepEqual([end.status, start.status], [201, 201]);
    assert.notEqual(end.body.snapshot_id, start.body.snapshot_id);
    assert.deepEqual(await urisIn(id), [third, first, second]);
  });

  it("accept a bare list of items, as spotipy sends it", async () => {
    const id = await made();
    const path = `/playlists/${id}/items`;
    assert.equal((await client.ask(`POST ${path}`, { body: [first, second] })).status, 201);
    assert.equal((await client.ask(`POST ${path}?position=0`, { body: [third] })).status, 201);
    assert.deepEqual(await urisIn(id), [third, first, second]);
    assert.equal((await client.ask(`POST ${path}?position=x`, { body: [third] })).status, 400);
  });

  it("can lose items, be replaced, and have a range moved", async () => {
    const id = await made();
    const path = `/playlists/${id}/items`;
    await client.ask(`PUT ${path}`, { body: { uris: [first, second, third, first] } });
    await client.ask(`DELETE ${path}`, { body: { items: [{ uri: first }] } });
    assert.deepEqual(await urisIn(id), [second, third]);
    await client.ask(`PUT ${path}`, { body: { range_start: 0, insert_before: 2 } });
    assert.deepEqual(await urisIn(id), [third, second]);
    await client.ask(`PUT ${path}?uris=${first}`);
    assert.deepEqual(await urisIn(id), [first]);
  });

  it("refuse more than 100 items, items that do not exist, and positions after the end", async () => {
    const id = await made();
    const bodies = [
      { uris: Array.from({ length: 101 }, () => first) },
      { uris: ["spotify:track:nothing"] },
      { uris: [first], position: 1 },
      { uris: first },
    ];
    for (const body of bodies) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      assert.equal((await client.ask(`POST /playlists/${id}/items`, { body })).status, 400);
    }
    assert.deepEqual(await urisIn(id), []);
  });

  it("accept a JPEG picture in base64", async () => {
    const path = `PUT /playlists/${await made()}/images`;
    const body = Buffer.of(0xff, 0xd8, 0xff, 0xe0).toString("base64");
    assert.equal((await client.ask(path, { body, type: "image/jpeg" })).status, 202);
    assert.equal((await client.ask(path, { body: { picture: body } })).status, 400);
    assert.equal((await client.ask(path, { body, type: "image/jpeg", scopes: ["streaming"] })).status, 403);
  });

  it("of others are returned without their items, and cannot be changed", async () => {
    const { body } = await client.ask(`GET /playlists/${dj}`);
    assert.deepEqual([body.name, body.owner.id, body.items], ["DJ", "spotify", undefined]);
    for (const request of [`GET /playlists/${dj}/items`, `PUT /playlists/${dj}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const refused = await client.ask(request);
      assert.deepEqual(refused.body, { error: { status: 403, message: "Forbidden" } });
    }
    assert.equal((await client.ask("GET /playlists/nothing/items")).status, 404);
  });
});
