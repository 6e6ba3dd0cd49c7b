import assert from "node:assert/strict";
import { readExplanation, ROUTE_REASONS } from "../../../../../nodes/shared/editor/explanation/explanation";

const ANSWER = {
  clientId: "65b708073fc0480ea92a077233ca87bd",
  scopes: ["user-top-read"],
  source: "keymaster",
  audience: "spotify-internal",
  webApi: { refused: true, known: "reported", since: "2025-12-22", checkedAt: 5 },
  sources: [
    { source: "oauth", taken: false, reason: "grant-lacks", scopes: ["user-top-read"] },
    { source: "keymaster", taken: true, reason: "mints" },
    { source: "login5", taken: false, reason: "session-over", code: "PREMIUM_REQUIRED", since: 1, until: 2 },
  ],
  clientIdName: "keymaster",
  username: "newcomer",
};

describe("The runtime's answer about where a token would come from", () => {
  it("is read unchanged", () => {
    const { clientIdName: _name, username: _username, ...explanation } = ANSWER;
    assert.deepEqual(readExplanation(structuredClone(ANSWER)), { ...explanation, otherApp: undefined });
  });

  it("may have no source, and may name another app", () => {
    const nowhere = { source: undefined, audience: undefined, webApi: undefined };
    const read = readExplanation({ ...ANSWER, ...nowhere, otherApp: "f".repeat(32) });
    assert.deepEqual([read?.source, read?.audience, read?.webApi], [undefined, undefined, undefined]);
    assert.equal(read?.otherApp, "f".repeat(32));
  });

  it("is ignored if it is invalid, or of another version", () => {
    const [oauth, keymaster] = ANSWER.sources;
    for (const answer of [
      undefined,
      null,
      "text",
      [],
      {},
      { ...ANSWER, clientId: 7 },
      { ...ANSWER, sources: [oauth, keymaster] },
      { ...ANSWER, sources: [oauth, keymaster, { source: "login5", reason: "of a later version" }] },
      { ...ANSWER, sources: [oauth, keymaster, { source: "magic", reason: "mints" }] },
    ]) {
      assert.equal(readExplanation(answer), undefined, JSON.stringify(answer));
    }
  });

  it("has every reason once", () => {
    assert.equal(new Set(ROUTE_REASONS).size, 17);
  });
});
