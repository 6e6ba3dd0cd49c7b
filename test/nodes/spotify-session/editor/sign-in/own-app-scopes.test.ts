import assert from "node:assert/strict";
import {
  marksForOwnApp,
  OWN_APP_SCOPES,
  scopesInUse,
  splitForOwnApp,
} from "../../../../../nodes/spotify-session/editor/sign-in/own-app-scopes";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../../../../src/core/knowledge";

const [desktopOnly] = DESKTOP_ONLY_SCOPES;

describe("the scopes of an own app", () => {
  it("are offered all but those of the desktop client ID", () => {
    assert.deepEqual(OWN_APP_SCOPES.toSorted(), [...WEB_API_SCOPES].toSorted());
  });

  it("are asked for without those it may not have, which are named", () => {
    assert.deepEqual(splitForOwnApp(["streaming", desktopOnly, "brand-new"]), {
      allowed: ["streaming", "brand-new"],
      refused: [desktopOnly],
    });
    assert.deepEqual([...marksForOwnApp(["streaming", desktopOnly])], [[desktopOnly, "desktopOnly"]]);
  });

  it("are at first what the nodes of this session ask for", () => {
    const node = (session: string, scopes: unknown, type = "spotify-token"): object => ({
      type,
      session,
      scopes,
    });
    const nodes = [
      node("s1", ["streaming", desktopOnly]),
      node("s1", ["user-read-email", "streaming"]),
      node("s2", ["user-top-read"]),
      node("s1", ["user-library-read"], "debug"),
      node("s1", "streaming"),
      node("s1", undefined),
    ];
    assert.deepEqual(scopesInUse(nodes, "s1"), ["streaming", "user-read-email"]);
    assert.deepEqual(scopesInUse([], "s1"), []);
  });
});
