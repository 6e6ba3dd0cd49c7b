import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deviceIdOf, instanceId } from "../../../nodes/spotify-session/instance";

describe("the ID of a Node-RED among those that share accounts", () => {
  let userDir: string;
  let file: string;

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), "instance-"));
    file = join(userDir, "spotify-session", ".instance");
  });

  afterEach(() => rmSync(userDir, { recursive: true, force: true }));

  const id = (settings: object = {}): string => {
    const all = { userDir, uiPort: 1880, uiHost: "0.0.0.0", ...settings };
    return instanceId({ settings: all } as unknown as Parameters<typeof instanceId>[0]);
  };

  it("is the same after a restart", () => {
    const first = id();
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(id(), first);
  });

  for (const [what, settings] of [
    ["port", { uiPort: 1881 }],
    ["address", { uiHost: "127.0.0.1" }],
    ["user directory", { userDir: "/another", readOnly: true }],
  ] as const) {
    it(`is another one with another ${what}`, () => {
      const readOnly = "readOnly" in settings;
      assert.notEqual(id(settings), id({ readOnly }));
    });
  }

  it("is another one in a container of the same name and settings", () => {
    const first = id();
    rmSync(file);
    const second = id();
    assert.notEqual(second, first);
    assert.equal(id(), second);
    assert.ok(existsSync(file));
  });

  it("can be read by its owner alone", function () {
    if (process.platform === "win32") return this.skip();
    id();
    assert.equal((statSync(join(userDir, "spotify-session")).mode & 0o777).toString(8), "700");
    assert.equal((statSync(file).mode & 0o777).toString(8), "600");
  });

  it("does not depend on spaces around its number, nor on what follows 64 characters", () => {
    id();
    const number = "0123456789abcdef".repeat(4);
    writeFileSync(file, number);
    const expected = id();
    for (const same of [`\n${number}\r\n`, `${number}0`]) {
      writeFileSync(file, same);
      assert.equal(id(), expected);
    }
  });

  it("writes nothing if nothing may be written", () => {
    assert.equal(id({ readOnly: true }), id({ readOnly: true }));
    assert.ok(!existsSync(join(userDir, "spotify-session")));
  });

  it("is the same after a restart if its number cannot be stored", () => {
    writeFileSync(join(userDir, "spotify-session"), "a file is in its place");
    assert.equal(id(), id());
    assert.equal(id(), id({ readOnly: true }));
  });
});

describe("the ID of an account's device", () => {
  it("is 40 hex digits, another one for each account and each instance, and always the same", () => {
    const device = deviceIdOf("account", "instance");
    assert.match(device, /^[0-9a-f]{40}$/);
    assert.equal(deviceIdOf("account", "instance"), device);
    assert.notEqual(deviceIdOf("other", "instance"), device);
    assert.notEqual(deviceIdOf("account", "other"), device);
  });
});
