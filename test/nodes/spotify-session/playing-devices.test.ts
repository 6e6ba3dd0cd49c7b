import assert from "node:assert/strict";
import { install } from "@sinonjs/fake-timers";
import { PlayingDevices } from "../../../nodes/spotify-session/playing-devices";
import type { ListedDevice } from "../../../src";
import { endClock } from "../../support/end-clock";

const KITCHEN = { id: "k", name: "Kitchen", type: "speaker", isAsleep: false };
const HALL = { id: "h", name: "Hall", type: "speaker", isAsleep: true };

describe("the devices of an account for its dialogs", () => {
  let clock: ReturnType<typeof install>;
  let asked: { answer(devices: object[]): Promise<void>; fail(): Promise<void> }[];
  let changes: number;
  let devices: PlayingDevices;

  beforeEach(() => {
    clock = install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    asked = [];
    changes = 0;
    const list = (): Promise<ListedDevice[]> =>
      new Promise((resolve, reject) => {
        asked.push({
          async answer(found) {
            resolve(found as ListedDevice[]);
            await clock.tickAsync(0);
          },
          async fail() {
            reject(new Error("no answer"));
            await clock.tickAsync(0);
          },
        });
      });
    devices = new PlayingDevices({ devices: list }, () => changes++);
  });

  afterEach(() => endClock(clock));

  it("are empty until they are listed, and tell that they have changed", async () => {
    assert.deepEqual(devices.known, []);
    devices.list();
    assert.deepEqual(devices.known, []);
    await asked[0]!.answer([KITCHEN]);
    assert.deepEqual(devices.known, [KITCHEN]);
    assert.equal(changes, 1);
  });

  it("have only what a dialog shows", async () => {
    devices.list();
    await asked[0]!.answer([{ ...KITCHEN, isActive: true, volume: 7 }]);
    assert.deepEqual(devices.known, [KITCHEN]);
  });

  it("do not tell of a list that is the same", async () => {
    devices.list();
    await asked[0]!.answer([KITCHEN]);
    devices.list();
    await asked[1]!.answer([{ ...KITCHEN, volume: 8 }]);
    assert.equal(changes, 1);
    devices.list();
    await asked[2]!.answer([{ ...KITCHEN, isAsleep: true }]);
    assert.equal(changes, 2);
  });

  it("are listed anew if a dialog asks after 15 seconds", async () => {
    clock.tick(60_000);
    devices.keepFresh();
    await asked[0]!.answer([]);
    clock.tick(14_999);
    devices.keepFresh();
    assert.equal(asked.length, 1);
    clock.tick(1);
    devices.keepFresh();
    assert.equal(asked.length, 2);
    await asked[1]!.answer([]);
  });

  it("are listed once more after a list that is under way, however often that is asked", async () => {
    for (let i = 0; i < 3; i++) devices.list();
    assert.equal(asked.length, 1);
    await asked[0]!.answer([KITCHEN]);
    assert.equal(asked.length, 2);
    await asked[1]!.answer([HALL]);
    assert.deepEqual(devices.known, [HALL]);
    assert.equal(asked.length, 2);
  });

  it("stay as they were if they cannot be listed", async () => {
    devices.list();
    await asked[0]!.answer([KITCHEN]);
    devices.list();
    await asked[1]!.fail();
    assert.deepEqual(devices.known, [KITCHEN]);
    devices.list();
    await asked[2]!.answer([HALL]);
    assert.deepEqual(devices.known, [HALL]);
  });

  describe("that are forgotten", () => {
    it("are empty, and are listed anew at once", async () => {
      devices.list();
      await asked[0]!.answer([KITCHEN]);
      devices.forget();
      assert.deepEqual(devices.known, []);
      devices.keepFresh();
      assert.equal(asked.length, 2);
      await asked[1]!.answer([]);
    });

    it("are not those of the account before, whose list arrives later", async () => {
      devices.list();
      devices.forget();
      devices.list();
      await asked[0]!.answer([KITCHEN]);
      assert.deepEqual(devices.known, []);
      assert.equal(changes, 0);
      await asked[1]!.answer([HALL]);
      assert.deepEqual(devices.known, [HALL]);
    });

    it("are not listed once more", async () => {
      devices.list();
      devices.list();
      devices.forget();
      await asked[0]!.answer([KITCHEN]);
      assert.equal(asked.length, 1);
    });
  });
});
