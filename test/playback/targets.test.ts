import assert from "node:assert/strict";
import type { Scene, Target } from "../../src/playback/scene";
import { activeTarget, deviceNotFound, Targets } from "../../src/playback/targets";
import { readPlayer } from "../../src/player/web-api-reading";
import { KITCHEN, PLAYING, TRACK } from "../player/web-api-documents";

const device = (id: string, name: string | null, ...aliases: string[]): Target => ({
  id,
  name,
  type: "speaker",
  volume: 40,
  canSetVolume: true,
  isPrivate: false,
  aliases,
  isRestricted: false,
});

/** Spotify lists these devices. The one with the ID `active` is active. */
function scene(targets: readonly Target[], active: string | null = null): Scene {
  const player = { ...PLAYING, item: TRACK, device: active === null ? null : { ...KITCHEN, id: active } };
  const { state } = readPlayer(player, undefined, null);
  return { state, targets, playbackId: undefined, serverTime: undefined, ackId: undefined };
}

describe("A device is found", () => {
  const kitchen = device("k1", "Kitchen", "Downstairs");
  const study = device("s1", "Café");
  const listed = scene([study, kitchen]);

  for (const [what, name, found] of [
    ["by its ID", " k1 ", kitchen],
    ["by its name, in any case", " kitchen ", kitchen],
    ["by its name, if the accent is a character of its own", "cafe\u0301", study],
    ["by one of its aliases", "downstairs", kitchen],
    ["not by another name", "Garden", undefined],
    ["not by its ID in another case", "K1", undefined],
  ] as const) {
    it(what, () => assert.equal(new Targets().find(name, listed), found));
  }

  it("by its ID before another one of that name, and by its name before another one of that alias", () => {
    const byId = device("Office", "Desk");
    const byName = device("o2", "Office", "Desk");
    assert.equal(new Targets().find("Office", scene([byName, byId])), byId);
    assert.equal(new Targets().find("Desk", scene([byName, byId])), byId);
  });

  it("as the active one of several with the same name, else as the first one", () => {
    const first = device("a", "Echo");
    const second = device("b", "Echo");
    assert.equal(new Targets().find("Echo", scene([first, second], "b")), second);
    assert.equal(new Targets().find("Echo", scene([first, second], "elsewhere")), first);
    assert.equal(new Targets().find("Echo", scene([first, second])), first);
  });

  it("although it has no name, by its ID alone", () => {
    const nameless = device("n1", null);
    const targets = new Targets();
    targets.learn(scene([nameless]));
    assert.equal(targets.find("n1", scene([nameless])), nameless);
    assert.equal(targets.find("null", scene([nameless])), undefined);
  });
});

describe("A name under which a device was seen before", () => {
  const renamed = device("k1", "Bathroom");

  it("still finds the device after it was renamed", () => {
    const targets = new Targets();
    targets.learn(scene([device("k1", "Kitchen", "Downstairs")]));
    assert.equal(targets.find("kitchen", scene([renamed])), renamed);
    assert.equal(targets.find("Downstairs", scene([renamed])), renamed);
  });

  it("finds the device that had it last", () => {
    const targets = new Targets();
    const other = device("k2", "Other");
    targets.learn(scene([device("k1", "Kitchen")]));
    targets.learn(scene([device("k2", "Kitchen")]));
    assert.equal(targets.find("Kitchen", scene([renamed, other])), other);
  });

  it("is forgotten when the account changes", () => {
    const targets = new Targets();
    targets.learn(scene([device("k1", "Kitchen")]));
    targets.forget();
    assert.equal(targets.find("Kitchen", scene([renamed])), undefined);
  });

  it("is kept if 199 others are newer, and forgotten if 200 are", () => {
    const targets = new Targets();
    const others = Array.from({ length: 199 }, (_, i) => device(`id${i}`, `Name ${i}`));
    targets.learn(scene([device("old", "Older"), device("k1", "Kitchen")]));
    targets.learn(scene(others));
    assert.equal(targets.find("Older", scene([device("old", "New")])), undefined);
    assert.equal(targets.find("Kitchen", scene([renamed])), renamed);
    targets.learn(scene([device("one", "One more")]));
    assert.equal(targets.find("Kitchen", scene([renamed])), undefined);
  });

  it("counts as new whenever it is seen", () => {
    const targets = new Targets();
    const others = Array.from({ length: 200 }, (_, i) => device(`id${i}`, `Name ${i}`));
    targets.learn(scene([device("k1", "Kitchen"), ...others.slice(0, 199)]));
    targets.learn(scene([device("k1", "Kitchen"), ...others.slice(199)]));
    assert.equal(targets.find("Kitchen", scene([renamed])), renamed);
  });
});

describe("The active device", () => {
  const kitchen = device("k1", "Kitchen", "Downstairs");

  it("is the one that Spotify lists", () => {
    assert.equal(activeTarget(scene([kitchen], "k1")), kitchen);
  });

  it("is known without aliases if Spotify does not list it", () => {
    const hidden = activeTarget(scene([kitchen], "hidden"));
    assert.equal(hidden?.id, "hidden");
    assert.equal(hidden.name, KITCHEN.name);
    assert.deepEqual(hidden.aliases, []);
    assert.equal(hidden.isRestricted, false);
  });

  it("is not there while nothing plays", () => {
    assert.equal(activeTarget(scene([kitchen])), undefined);
  });
});

describe("The error for a device that Spotify does not list", () => {
  it("names at most ten devices, by their IDs if they have no name", () => {
    const devices = Array.from({ length: 11 }, (_, i) => device(`id${i}`, i === 0 ? null : `Name ${i}`));
    const { code, message } = deviceNotFound("Garden", scene(devices));
    assert.equal(code, "DEVICE_NOT_FOUND");
    assert.match(message, /“Garden”.*: id0, Name 1, .*Name 9\.$/);
  });

  it("says that there is no device, and what to do", () => {
    const { message } = deviceNotFound("Garden", scene([]), "Switch it on.");
    assert.match(message, /Spotify lists no device\. Switch it on\.$/);
  });

  it("has no hint at its end if nothing can be advised", () => {
    assert.match(deviceNotFound("Garden", scene([])).message, /no device\.$/);
  });
});
