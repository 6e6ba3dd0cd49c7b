import assert from "node:assert/strict";
import {
  marksForOwnApp,
  OWN_APP_SCOPES,
  scopesInUse,
  splitForOwnApp,
  type UsingNode,
} from "../../../../../nodes/spotify-session/editor/sign-in/own-app-scopes";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../../../../src/core/knowledge";

const [desktopOnly] = DESKTOP_ONLY_SCOPES;

describe("the scopes of the user's own app", () => {
  it("on offer are all except those of the desktop client ID", () => {
    assert.deepEqual(OWN_APP_SCOPES.toSorted(), [...WEB_API_SCOPES].toSorted());
  });

  it("in a request leave out those that it may not have, which are named", () => {
    assert.deepEqual(splitForOwnApp(["streaming", desktopOnly, "brand-new"]), {
      allowed: ["streaming", "brand-new"],
      refused: [desktopOnly],
    });
    assert.deepEqual([...marksForOwnApp(["streaming", desktopOnly])], [[desktopOnly, "desktopOnly"]]);
  });

  describe("at first are those that the nodes of this account need", () => {
    const token = (session: string, ...scopes: string[]): UsingNode => ({
      type: "spotify-token",
      session,
      scopes,
    });
    const request = (method: string, path: string | undefined, ...scopes: string[]): UsingNode => ({
      type: "spotify-request",
      session: "s1",
      scopes,
      method,
      path,
    });
    const asked = (...nodes: UsingNode[]): string[] => scopesInUse(nodes, "s1");

    it("for tokens, each once", () => {
      const nodes = [
        token("s1", "streaming", desktopOnly),
        token("s1", "user-read-email", "streaming", "No Scope"),
        token("s2", "user-top-read"),
        { ...token("s1"), scopes: undefined },
      ];
      assert.deepEqual(asked(...nodes), ["streaming", "user-read-email"]);
      assert.deepEqual(asked(), []);
    });

    it("including those of the node that is being edited", () => {
      assert.deepEqual(scopesInUse([token("s1", "streaming")], "s1", ["user-top-read", "streaming"]), [
        "user-top-read",
        "streaming",
      ]);
    });

    it("for requests: what the call needs, always and for some things", () => {
      assert.deepEqual(asked(request("GET", "/me/playlists?limit=5")), [
        "playlist-read-private",
        "playlist-read-collaborative",
      ]);
    });

    it("for requests that name their permissions", () => {
      assert.deepEqual(asked(request("GET", "/me/playlists", "user-top-read")), ["user-top-read"]);
    });

    it("one for requests that need none or are not known here: Spotify grants no sign-in without a scope", () => {
      assert.deepEqual(asked(request("GET", "/search")), ["user-read-private"]);
      assert.deepEqual(asked(request("GET", undefined)), ["user-read-private"]);
    });
  });
});
