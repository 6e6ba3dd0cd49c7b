import assert from "node:assert/strict";
import { isPortSetting, readPort } from "../../../nodes/spotify-session/port";

describe("the port of an account", () => {
  for (const [stored, port] of [
    ["", 0],
    [undefined, 0],
    [null, 0],
    [0, 0],
    ["0", 0],
    [4070, 4070],
    [" 4070 ", 4070],
    ["65535", 65_535],
    ["65536", undefined],
    ["-1", undefined],
    ["40.5", undefined],
    ["0x10", undefined],
    ["auto", undefined],
    ["${PORT}", undefined],
    [{}, undefined],
  ] as const) {
    it(`is ${port ?? "refused"} if ${JSON.stringify(stored)} is stored`, () =>
      assert.equal(readPort(stored), port));
  }

  it("may be an environment variable in the editor", () => {
    for (const good of ["", "4070", "${PORT}", " ${SPOTIFY PORT} "]) assert.ok(isPortSetting(good), good);
    for (const bad of ["auto", "$PORT", "${}", "${A}${B}", "70000"]) assert.ok(!isPortSetting(bad), bad);
  });
});
