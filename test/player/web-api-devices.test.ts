import assert from "node:assert/strict";
import { readDevices } from "../../src/player/web-api-devices";
import { KITCHEN } from "./web-api-documents";

describe("The devices that the Web API lists", () => {
  it("can be named by a command: each has an ID", () => {
    const bath = { ...KITCHEN, id: "bath", is_active: false, is_restricted: true };
    const devices = [KITCHEN, { ...KITCHEN, id: null }, { ...KITCHEN, id: "" }, bath];
    assert.deepEqual(
      readDevices({ devices }).map(({ device, ...rest }) => ({ id: device.id, ...rest })),
      [
        { id: KITCHEN.id, isActive: true, isRestricted: false },
        { id: "bath", isActive: false, isRestricted: true },
      ],
    );
  });

  it("are at most a hundred, with an ID of at most 128 characters", () => {
    const devices = Array.from({ length: 101 }, (_, i) => ({ ...KITCHEN, id: String(i).padEnd(200, "x") }));
    const read = readDevices({ devices });
    assert.equal(read.length, 100);
    assert.ok(read.every(({ device }) => device.id.length === 128));
  });

  for (const odd of [undefined, null, 7, "devices", [], [KITCHEN], {}, { devices: null }, { devices: "x" }]) {
    it(`are none if the document is ${JSON.stringify(odd)?.slice(0, 20)}`, () => {
      assert.deepEqual(readDevices(odd), []);
    });
  }

  it("are only the objects of the list", () => {
    const devices = [null, undefined, 7, "Kitchen", [], [KITCHEN], {}, KITCHEN];
    assert.equal(readDevices({ devices }).length, 1);
  });
});
