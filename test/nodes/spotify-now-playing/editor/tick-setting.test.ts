import assert from "node:assert/strict";
import { isTickSetting, tickToStore } from "../../../../nodes/spotify-now-playing/editor/tick-setting";

describe("the seconds between two positions", () => {
  it("are stored as a number; an empty field means never", () => {
    assert.equal(tickToStore(" 10 "), 10);
    assert.equal(tickToStore("0.5"), 0.5);
    assert.equal(tickToStore("0,5"), 0.5);
    assert.equal(tickToStore(""), 0);
  });

  it("are stored as typed if they are not a number, so that the editor marks the node as invalid", () => {
    assert.equal(tickToStore("often"), "often");
    assert.equal(isTickSetting("often"), false);
  });

  it("may be 0, or from a tenth of a second to a day", () => {
    for (const good of [0, 0.1, 1, 86_400, "10", "", undefined])
      assert.equal(isTickSetting(good), true, String(good));
    for (const bad of [-1, 0.05, 86_401, Infinity, NaN, "1 s", [], {}]) {
      assert.equal(isTickSetting(bad), false, JSON.stringify(bad));
    }
  });

  it("may come from an environment variable", () => {
    assert.equal(tickToStore("${SECONDS}"), "${SECONDS}");
    assert.equal(isTickSetting("${SECONDS}"), true);
    assert.equal(isTickSetting("${SECONDS} s"), false);
  });
});
