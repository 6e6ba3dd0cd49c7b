import assert from "node:assert/strict";
import { denial, restricted } from "../../src/playback/denials";
import type { Order } from "../../src/playback/order";
import type { PlaybackState } from "../../src/player/playback-state";
import { KITCHEN, polled, pushed, STUDY } from "./support/scenes";

type Denied = PlaybackState["denied"];

const shuffle: Order = { kind: "options", shuffle: true };
const repeat: Order = { kind: "options", repeat: "off" };
const transfer: Order = { kind: "transfer", playback: "restore" };

describe("What Spotify denies in advance", () => {
  for (const [what, order, denied] of [
    ["the next item", { kind: "next" }, { next: ["no_next_track"] }],
    ["shuffle", shuffle, { shuffle: ["not_supported_by_content_type"] }],
    ["repeat", repeat, { repeat: ["not_supported_by_content_type"] }],
    [
      "repeat, together with shuffle that is possible",
      { kind: "options", shuffle: true, repeat: "off" },
      { repeat: ["x"] },
    ],
  ] as const satisfies readonly (readonly [string, Order, Denied])[]) {
    it(`is ${what}`, () => {
      assert.equal(denial(order, KITCHEN, pushed({ denied }))?.code, "RESTRICTED");
    });
  }

  for (const [what, order, denied] of [
    ["an action that is not listed", { kind: "next" }, { previous: ["no_prev_track"] }],
    ["an action without reasons", { kind: "next" }, { next: [] }],
    ["shuffle, if repeat is denied", shuffle, { repeat: ["x"] }],
    ["repeat, if shuffle is denied", repeat, { shuffle: ["x"] }],
    ["the volume", { kind: "volume", percent: 5 }, { play: ["x"], shuffle: ["x"], repeat: ["x"] }],
  ] as const satisfies readonly (readonly [string, Order, Denied])[]) {
    it(`is not ${what}`, () => {
      assert.equal(denial(order, KITCHEN, pushed({ denied })), undefined);
    });
  }

  it("is nothing if the Web API shows what plays, or no device is active", () => {
    assert.equal(denial({ kind: "next" }, KITCHEN, polled()), undefined);
    const scene = pushed({ device: null, denied: { next: ["x"] } });
    assert.equal(denial({ kind: "next" }, KITCHEN, scene), undefined);
  });

  it("is denied for the active device, which also gives away what it plays", () => {
    const scene = pushed({ device: STUDY, denied: { next: ["x"], transfer: ["x"] } });
    assert.equal(denial({ kind: "next" }, KITCHEN, scene), undefined);
    assert.equal(denial(transfer, KITCHEN, scene)?.code, "RESTRICTED");
  });
});

describe("The error for what is denied", () => {
  for (const [what, reasons, reason, words] of [
    ["says a known reason in plain words", ["already_paused"], "already_paused", /: it is paused already\.$/],
    ["quotes an unknown reason", ["full_moon", "x"], "full_moon", /: Spotify says: full_moon\.$/],
    ["says that there is no reason", [], undefined, /: Spotify gives no reason\.$/],
  ] as const) {
    it(what, () => {
      const error = restricted("seek", reasons);
      assert.equal(error.code, "RESTRICTED");
      assert.equal(error.reason, reason);
      assert.match(error.message, /^The command “seek” /);
      assert.match(error.message, words);
    });
  }
});
