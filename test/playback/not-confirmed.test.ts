import assert from "node:assert/strict";
import { notConfirmed } from "../../src/playback/not-confirmed";
import { KITCHEN, pushed, STUDY } from "./support/scenes";

const PLAYING = pushed({ device: STUDY, title: "Yesterday" });
const TITLE = "Spotify accepted the command, but Kitchen was not seen to carry it out within 8 s.";

describe("The error for an order whose effect was not seen", () => {
  for (const [what, scene, seen] of [
    ["what plays, and where", PLAYING, "Study plays “Yesterday”."],
    ["that something plays", pushed({ device: STUDY, title: null }), "Study is playing."],
    ["that the device is paused", pushed({ playing: false }), "Kitchen is paused."],
    ["that no device is active", pushed({ device: null, playing: false }), "No device is active."],
    [
      "a device without a name",
      pushed({ device: { ...STUDY, name: null }, playing: false }),
      "A device is paused.",
    ],
  ] as const) {
    it(`says ${what}`, () => {
      const { code, message } = notConfirmed(KITCHEN, scene, true, 8_000);
      assert.equal(code, "NOT_CONFIRMED");
      assert.equal(message, `${TITLE} ${seen}`);
    });
  }

  it("says that Spotify did not answer", () => {
    const { message } = notConfirmed(KITCHEN, PLAYING, false, 1_540);
    assert.match(message, /^Spotify did not answer within 1\.5 s\. Study/);
  });

  it("names a tenth of a second at least, and a device without a name", () => {
    const { message } = notConfirmed({ ...KITCHEN, name: null }, PLAYING, true, 1);
    assert.match(message, /but the device was .* within 0\.1 s\./);
  });
});
