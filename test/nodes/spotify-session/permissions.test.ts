import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { fromHere, withJson } from "../../../nodes/spotify-session/admin-guards";
import register from "../../../nodes/spotify-session/spotify-session";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";

interface Route {
  /** Such as "GET /spotify-session/:id/status". */
  name: string;
  /** The handlers before the route's own. A permission is represented by its name. */
  guards: unknown[];
}

const READING = [
  "GET /spotify-session/:id/status",
  "GET /spotify-session/:id/explain",
  "GET /spotify-session/:id/devices",
  "GET /spotify-session/:id/playing",
  "GET /spotify-session/:id/playlists",
  "POST /spotify-session/:id/open",
];
/** The browser that comes back from Spotify sends no permission; its address is checked instead. */
const CALLBACK = ["GET /spotify-session/callback", "GET /spotify-session/callback/:outcome"];

describe("The routes of an account in the editor", () => {
  let routes: Route[];

  before(() => {
    routes = [];
    const adds =
      (method: string) =>
      (path: string, ...handlers: unknown[]): void =>
        void routes.push({ name: `${method} ${path}`, guards: handlers.slice(0, -1) });
    register({
      auth: { needsPermission: (permission: string) => permission },
      httpAdmin: { get: adds("GET"), post: adds("POST"), put: adds("PUT"), delete: adds("DELETE") },
      nodes: { registerType: () => undefined },
      events: { on: () => undefined },
      settings: {},
    } as unknown as NodeAPI<SessionSettings>);
  });

  const named = (names: readonly string[]): Route[] => routes.filter(({ name }) => names.includes(name));

  it("show and open it with the permission to read accounts", () => {
    assert.deepEqual(
      named(READING)
        .map(({ name }) => name)
        .toSorted(),
      READING.toSorted(),
    );
    for (const { name, guards } of named(READING)) assert.equal(guards[0], "spotify-session.read", name);
  });

  it("do anything else only with the permission to write accounts", () => {
    const others = routes.filter(({ name }) => ![...READING, ...CALLBACK].includes(name));
    assert.ok(others.length > 8, `${others.length} routes`);
    for (const { name, guards } of others) assert.equal(guards[0], "spotify-session.write", name);
  });

  it("all need a permission, except the page to which Spotify sends the browser back", () => {
    const free = routes.filter(({ guards }) => typeof guards[0] !== "string").map(({ name }) => name);
    assert.deepEqual(free, CALLBACK);
  });

  it("change nothing for a page of another site", () => {
    const changing = routes.filter(({ name }) => !name.startsWith("GET"));
    for (const { name, guards } of changing) {
      assert.ok(guards.includes(fromHere), name);
      assert.equal(guards.includes(withJson), name.startsWith("POST"), name);
    }
  });
});
