import assert from "node:assert/strict";
import {
  addable,
  isScopeList,
  isScopeName,
  isScopeSetting,
  matches,
  SCOPE_GROUPS,
  splitScopes,
  toggled,
} from "../../../../../nodes/shared/editor/scopes/scopes";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../../../../src/core/knowledge";
import { parseScopes } from "../../../../../src/core/scopes";

describe("the offered scopes", () => {
  it("are all known scopes, each in one group", () => {
    const offered = SCOPE_GROUPS.flatMap((group) => group.scopes);
    assert.deepEqual(offered.toSorted(), [...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES].toSorted());
  });

  it("are folded if only the desktop client ID has them; the last group, not needed at home, is folded too", () => {
    const folded = SCOPE_GROUPS.filter((group) => group.folded);
    assert.deepEqual(
      folded.map((group) => group.scopes),
      [DESKTOP_ONLY_SCOPES, ["streaming", "app-remote-control"]],
    );
    assert.equal(SCOPE_GROUPS.at(-1), folded.at(-1));
  });
});

describe("the name of a scope", () => {
  it("is valid in the editor if it is valid in the runtime", () => {
    const long = "a".repeat(64);
    for (const name of [
      "streaming",
      "user-read-email",
      "a1-",
      "-a",
      "Streaming",
      "a_b",
      "ä",
      long,
      `${long}a`,
    ]) {
      let taken = true;
      try {
        parseScopes([name]);
      } catch {
        taken = false;
      }
      assert.equal(isScopeName(name), taken, name);
    }
  });

  it("is the only valid kind of item in a list of scopes", () => {
    assert.ok(isScopeList([]));
    assert.ok(isScopeList(["streaming", "some-new-one"]));
    for (const wrong of ["streaming", [1], ["Bad Scope"], null]) assert.equal(isScopeList(wrong), false);
  });
});

describe("the scopes of a node", () => {
  it("may be environment variables", () => {
    for (const setting of [[], ["streaming"], ["${Scopes}", "streaming"]]) assert.ok(isScopeSetting(setting));
    for (const wrong of ["${Scopes}", ["${}"], ["x${A}"], [5]]) assert.equal(isScopeSetting(wrong), false);
    assert.deepEqual(addable("${Scopes}", [], true), ["${Scopes}"]);
    assert.deepEqual(addable("${Scopes}", []), [], "a list that is sent to Spotify as it is has none");
  });
});

describe("searching scopes", () => {
  it("finds every word, regardless of case, accents and order", () => {
    assert.ok(matches("playlist PRIVÉE", ["Voir les playlists", "privee"]));
    assert.ok(matches("", ["anything"]));
    assert.equal(matches("playlist album", ["playlist"]), false);
  });

  it("separates names at commas and spaces", () => {
    assert.deepEqual(splitScopes(" streaming, user-read-email\nstreaming "), [
      "streaming",
      "user-read-email",
    ]);
  });

  it("offers to add names that could be scopes and are not chosen yet", () => {
    assert.deepEqual(addable("new-one, streaming", ["streaming"]), ["new-one"]);
    assert.deepEqual(addable("Not A Scope!", []), []);
    assert.deepEqual(addable(" ", []), []);
  });
});

describe("choosing a scope", () => {
  it("adds it at the end, once, and does not change the old list", () => {
    const before = Object.freeze(["a", "b"]);
    assert.deepEqual(toggled(before, "c", true), ["a", "b", "c"]);
    assert.deepEqual(toggled(before, "a", true), ["b", "a"]);
    assert.deepEqual(toggled(before, "a", false), ["b"]);
  });
});
