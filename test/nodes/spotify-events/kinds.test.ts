import assert from "node:assert/strict";
import { hasKind } from "../../../nodes/spotify-events/editor/kinds";
import { wordsToStore } from "../../../nodes/shared/editor/words-to-store";
import { EVENT_KINDS, eventKinds } from "../../../nodes/spotify-events/kinds";

describe("the kinds of events that a spotify-events node reports", () => {
  it("are all of them if the node has no list", () => {
    assert.deepEqual(eventKinds(undefined), [...EVENT_KINDS]);
    assert.equal(hasKind(undefined), true);
  });

  it("are those in its list that this version knows", () => {
    assert.deepEqual(eventKinds(["of-a-later-version", "client-id", 7]), ["client-id"]);
    assert.deepEqual(eventKinds([]), []);
  });

  it("must be at least one", () => {
    assert.equal(hasKind([]), false);
    assert.equal(hasKind(["of-a-later-version"]), false);
    assert.equal(hasKind("state"), false);
    assert.equal(hasKind(["state"]), true);
  });

  it("are stored in the dialog's order, with kinds of later versions", () => {
    assert.deepEqual(wordsToStore(EVENT_KINDS, ["client-id", "state"], ["of-a-later-version", "sign-in"]), [
      "state",
      "client-id",
      "of-a-later-version",
    ]);
  });
});
