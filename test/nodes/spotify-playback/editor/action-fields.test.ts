import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OFFERED, VALUES } from "../../../../nodes/spotify-playback/editor/action-fields";
import { ACTIONS } from "../../../../src";

const LOCALES = join(__dirname, "../../../../nodes/spotify-playback/locales");

describe("the actions in the playback node's dialog", () => {
  it("are all actions, and “the message names it”", () => {
    assert.deepEqual([...OFFERED].toSorted(), ["", ...ACTIONS].toSorted());
  });

  for (const language of ["en-US", "de", "zh-CN"]) {
    it(`have a name in ${language}`, () => {
      const catalog = readFileSync(join(LOCALES, language, "spotify-playback.json"), "utf8");
      for (const action of ACTIONS) assert.match(catalog, new RegExp(`"${action}": `), action);
    });
  }

  it("take a value only if there is such an action", () => {
    for (const action of Object.keys(VALUES)) assert.ok(OFFERED.includes(action as ""), action);
  });
});
