import assert from "node:assert/strict";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../src/core/knowledge";
import { callOf } from "../../src/web-api/call-of";
import { CALLS, CALLS_SOURCES, type Call } from "../../src/web-api/calls";

const DATE = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const nameOf = ({ method, path }: Call): string => `${method} ${path}`;

describe("the calls of the Web API", () => {
  it("say where their data comes from, and from which date", () => {
    assert.ok(CALLS_SOURCES.length > 0);
    for (const { source, date } of CALLS_SOURCES) {
      assert.equal(new URL(source).host, "developer.spotify.com");
      assert.match(date, DATE);
    }
  });

  it("are listed once each", () => {
    const all = CALLS.map(nameOf);
    assert.deepEqual(
      all.filter((name, i) => all.indexOf(name) !== i),
      [],
    );
  });

  it("have a path without /v1 and without a query, with Spotify's names in braces", () => {
    for (const { path } of CALLS) assert.match(path, /^(\/([a-z-]+|\{[a-z_]+\}))+$/, path);
  });

  it("need permissions that an app can ask for, each named once", () => {
    const known: ReadonlySet<string> = new Set([...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES]);
    for (const call of CALLS) {
      const scopes = [...call.scopes, ...(call.scopesForSome ?? [])];
      assert.equal(new Set(scopes).size, scopes.length, nameOf(call));
      for (const scope of scopes) assert.ok(known.has(scope), `${nameOf(call)}: ${scope}`);
    }
  });

  it("have limits that Spotify accepts: ten in a search and for an artist's albums, fifty elsewhere", () => {
    for (const call of CALLS) {
      const { longestPage, query = [] } = call;
      if (longestPage === undefined) continue;
      assert.equal(call.method, "GET", nameOf(call));
      assert.ok(query.includes("limit"), nameOf(call));
      assert.equal(
        longestPage,
        ["/search", "/artists/{id}/albums"].includes(call.path) ? 10 : 50,
        nameOf(call),
      );
    }
  });

  it("name their required parameters first", () => {
    for (const { query = [], ...call } of CALLS) {
      const isRequired = query.map((name) => name.startsWith("*"));
      assert.deepEqual(
        isRequired,
        isRequired.toSorted((a, b) => Number(b) - Number(a)),
        nameOf(call),
      );
      for (const name of query) assert.match(name, /^\*?[a-z_]+$/, nameOf(call));
    }
  });

  it("that were removed have a date, and name their replacement, which still exists", () => {
    const gone = CALLS.filter((call) => call.gone !== undefined);
    assert.ok(gone.length > 20);
    for (const call of gone) {
      assert.match(call.gone!.since, DATE, nameOf(call));
      const { instead } = call.gone!;
      if (instead === undefined) continue;
      const successor = CALLS.find((one) => nameOf(one) === instead);
      assert.ok(successor, `${nameOf(call)}: ${instead}`);
      assert.equal(successor.gone, undefined, `${nameOf(call)}: ${instead}`);
    }
  });

  it("are those after February 2026", () => {
    for (const name of ["PUT /me/library", "DELETE /me/library", "GET /me/library/contains"]) {
      assert.equal(CALLS.find((call) => nameOf(call) === name)?.gone, undefined, name);
    }
    for (const name of [
      "PUT /me/tracks",
      "PUT /me/following",
      "GET /playlists/{playlist_id}/tracks",
      "GET /artists/{id}/top-tracks",
      "GET /tracks",
    ]) {
      assert.ok(CALLS.find((call) => nameOf(call) === name)?.gone, name);
    }
  });
});

describe("the call of a path", () => {
  it("is found by its own path, and by one with an ID in it", () => {
    for (const call of CALLS) {
      assert.equal(callOf(call.method, call.path), call, nameOf(call));
      const withId = call.path.replace(/\{[a-z_]+\}/g, "37i9dQZF1DXcBWIGoYBM5M");
      assert.equal(callOf(call.method, withId), call, nameOf(call));
    }
  });

  it("is the more exact one of two", () => {
    assert.equal(callOf("GET", "/me/tracks")?.path, "/me/tracks");
    assert.equal(callOf("GET", "/recommendations/available-genre-seeds")?.scopes.length, 0);
    assert.equal(callOf("GET", "/users/me")?.path, "/users/{user_id}");
  });

  it("is the same with a slash at the end", () => {
    assert.equal(callOf("GET", "/me/playlists/")?.path, "/me/playlists");
  });

  for (const [method, path] of [
    ["GET", "/me/moods"],
    ["PATCH", "/me/playlists"],
    ["PUT", "/me/playlists"],
    ["GET", ""],
    ["GET", "/"],
    ["GET", "/playlists/a/b/c/d"],
    ["GET", "/__proto__"],
  ] as const) {
    it(`is unknown for ${method} "${path}"`, () => assert.equal(callOf(method, path), undefined));
  }
});
