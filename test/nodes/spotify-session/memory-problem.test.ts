import assert from "node:assert/strict";
import { noDisk, noKey, notShared } from "../../../nodes/spotify-session/memory-problem";

describe("the problem with a state in memory", () => {
  for (const [what, make, expected, words] of [
    [
      "names the key that cannot be used, and why",
      () => noKey("/data/.key", "EACCES"),
      { kind: "no-key", file: "/data/.key", cause: "EACCES" },
      /\/data\/\.key: this user may not access it \(EACCES\).*dialog and deploy/,
    ],
    [
      "says what the account needs to be shared",
      () => notShared(),
      { kind: "not-shared", file: "", cause: "" },
      /no key yet.*dialog and deploy.*secret/,
    ],
    [
      "names the setting that forbids to write",
      () => noDisk("readOnly in settings.js"),
      { kind: "no-disk", file: "", cause: "readOnly in settings.js" },
      /readOnly in settings\.js forbids/,
    ],
  ] as const) {
    it(what, () => {
      const { message, ...problem } = make();
      assert.deepEqual(problem, expected);
      assert.match(message, words);
    });
  }
});
