import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { deadAddress } from "../support/wiretap";
import { form, send, tapFields } from "./support/app";
import { DEVICE_ID, Devices } from "./support/device";
import { ask, instances, SRV, TXT } from "./support/mdns";

const LOGIN = {
  username: "alice",
  authType: 1,
  authData: Buffer.from("a stored credential, some 40 bytes long"),
};
const OTHER_ID = "fedcba9876543210fedcba9876543210fedcba98";

/**
 * Resolves when all of `names` are found on loopback, possibly with others, and none of `gone` is.
 * @throws if it takes over 20 s, with the names that are found instead
 */
async function visible(names: string[], gone: string[] = []): Promise<void> {
  const isMissing = (found: string[]): boolean => names.some((name) => !found.includes(name));
  let found: string[] = [];
  for (let i = 0; i < 20; i++) {
    found = instances(await ask((records) => !isMissing(instances(records))));
    if (!isMissing(found) && !gone.some((name) => found.includes(name))) return;
  }
  assert.fail(`found: ${found.join(", ")}`);
}

/** Resolves when a starting device asks the LAN if its name is free, which takes almost a second after it listens. */
async function probing(device: { port: number | undefined; state: string }): Promise<void> {
  while (device.port === undefined) await turn();
  for (let turns = 0; turns < 100; turns++) await turn();
  assert.equal(device.state, "off", "it is still at it");
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const address = await deadAddress();
  return Number(address.split(":")[1]);
}

describe("a session on the LAN", () => {
  const devices = new Devices();

  it("is found by its name, with its port, and signed in by a tap", async () => {
    const name = `Küche 🎵 ${process.pid}`;
    const { recorder, port, device } = await devices.started({ deviceName: name });
    assert.equal(device.state, "visible");
    await visible([name]);
    const service = `${name}._spotify-connect._tcp.local`;
    const srv = await ask((records) => records.some(({ type }) => type === SRV), {
      name: service,
      type: SRV,
    });
    assert.match(
      srv.find(({ type }) => type === SRV)!.data,
      new RegExp(`^${port} spotify-[0-9a-f]{12}\\.local$`),
    );
    const txt = await ask((records) => records.some(({ type }) => type === TXT), {
      name: service,
      type: TXT,
    });
    assert.equal(txt.find(({ type }) => type === TXT)!.data, "VERSION=1.0 CPath=/");

    const { json } = await send(port, "GET", "/?action=getInfo");
    assert.equal(json["remoteName"], name);
    const tap = form(tapFields(LOGIN, DEVICE_ID, json["publicKey"] as string));
    assert.equal((await send(port, "POST", "/", tap)).json["status"], 101);
    assert.deepEqual(recorder.taps, [
      {
        username: "alice",
        credentials: { username: "alice", authType: 1, authData: LOGIN.authData },
        deviceName: "Alice's phone",
      },
    ]);
  });

  it("shares the machine with another session of the same name: each is visible, and gets its own taps", async () => {
    const name = `Twin ${process.pid}`;
    const [one, two] = await Promise.all([
      devices.started({ deviceName: name }),
      devices.started({ deviceName: name, deviceId: () => OTHER_ID }),
    ]);
    await visible([name, `${name} (2)`]);
    assert.notEqual(one.port, two.port);
    const { json } = await send(two.port, "GET", "/?action=getInfo");
    assert.equal(json["deviceID"], OTHER_ID);
    const tap = form(tapFields(LOGIN, OTHER_ID, json["publicKey"] as string));
    assert.equal((await send(one.port, "POST", "/", tap)).json["statusString"], "ERROR-MAC");
    assert.equal((await send(two.port, "POST", "/", tap)).json["status"], 101);
    assert.equal(one.recorder.taps.length, 0);
    assert.equal(two.recorder.taps.length, 1);
  });

  it("appears even if another one leaves meanwhile, and stays if one leaves during its own start", async () => {
    const [goes, comes, hurries] = ["Goes", "Comes", "Hurries"].map((name) => `${name} ${process.pid}`);
    const first = await devices.started({ deviceName: goes!, deviceId: () => "a" });
    const second = devices.make({ deviceName: comes!, deviceId: () => "b" });
    const arrival = second.device.start();
    await probing(second.device);
    await Promise.all([first.device.close(), arrival]);
    assert.equal(second.device.state, "visible");

    const third = devices.make({ deviceName: hurries!, deviceId: () => "c" });
    const started = third.device.start();
    await probing(third.device);
    await Promise.all([third.device.close(), started]);
    // This is fast: the failure does not have to be detected and repaired first.
    await visible([comes!], [goes!, hurries!]);
  }).timeout(10_000);

  it("may have any name", async () => {
    for (const deviceName of [
      "a..b",
      ".",
      "Kitchen (0)",
      "x".repeat(200),
      "👨‍👩‍👧‍👦".repeat(9),
      "\u0000",
      "_tcp.local",
    ]) {
      const { device } = await devices.started({ deviceName });
      assert.equal(device.state, "visible", `${deviceName}: ${device.error?.message}`);
      await device.close();
    }
  }).timeout(60_000);

  it("says why it cannot be visible if no network interface takes part, and still works as a session", async () => {
    const { device, recorder } = devices.make({ interfaces: ["no-such-interface"] });
    const states: unknown[] = [];
    device.on("state", ({ state, error }) => states.push([state, error?.code]));
    await device.start();
    assert.equal(device.state, "failed");
    assert.equal(device.error?.code, "UNREACHABLE");
    assert.match(recorder.log.join("\n"), /Not visible on the LAN/);
    // A client that knows the address can still tap.
    assert.equal((await send(device.port!, "GET", "/?action=getInfo")).json["status"], 101);
    await device.close();
    assert.deepEqual(states, [
      ["failed", "UNREACHABLE"],
      ["off", undefined],
    ]);
  });

  it("listens on the configured port", async () => {
    const free = await freePort();
    const opened: number[] = [];
    const { port } = await devices.started({ port: free, onListening: (one) => opened.push(one) });
    assert.equal(port, free);
    assert.deepEqual(opened, [free]);
  });

  it("says plainly that the configured port is in use, takes no other, and takes it once it is free", async () => {
    const { port, device: other } = await devices.started();
    const { device, recorder } = devices.make({ port, lastPort: () => 4, deviceName: `Late ${process.pid}` });
    await device.start();
    assert.equal(device.state, "failed");
    assert.equal(device.port, undefined);
    const message = `Port ${port} is used by another program. Choose another port in the account's dialog.`;
    assert.equal(device.error?.message, message);
    assert.ok(recorder.log.some((line) => line.includes(message)));
    await other.close();
    while (device.port === undefined) await once(device, "state");
    assert.equal(device.port, port);
  }).timeout(20_000);

  it("listens on the same port as the last time, or on another one if that is in use", async () => {
    const last = await freePort();
    const { port, device } = await devices.started({ lastPort: () => last });
    assert.equal(port, last);
    const opened: number[] = [];
    const twin = await devices.started({
      lastPort: () => last,
      deviceId: () => OTHER_ID,
      onListening: (one) => opened.push(one),
    });
    assert.notEqual(twin.port, last);
    assert.deepEqual(opened, [twin.port]);
    assert.equal(device.port, last);
  });

  it("leaves no socket, no timer and no listener on the process when it closes", async () => {
    const before = process.getActiveResourcesInfo().length;
    const listeners = process.eventNames().map((name) => process.listenerCount(name));
    const { device, port } = await devices.started();
    await device.close();
    await device.close();
    assert.equal(device.state, "off");
    assert.equal(device.port, undefined);
    await assert.rejects(send(port, "GET", "/?action=getInfo"), { code: "ECONNREFUSED" });
    // ciao's own time-outs of 200 ms pass.
    while (process.getActiveResourcesInfo().length > before) await turn();
    assert.deepEqual(
      process.eventNames().map((name) => process.listenerCount(name)),
      listeners,
    );
  });

  it("can be closed during its start, and before it", async () => {
    const { device } = devices.make();
    const started = device.start();
    await device.close();
    await started;
    assert.equal(device.state, "off");
    const { device: never } = devices.make();
    await never.close();
    await never.start();
    assert.equal(never.state, "off");
    assert.equal(never.port, undefined);
  });

  it("does not change the process's uncaught exceptions and stack traces", () => {
    const child = spawnSync(process.execPath, ["--require", "tsx/cjs", join(__dirname, "ciao.child.ts")]);
    assert.equal(child.stdout.toString().trim(), "changed: nothing", child.stderr.toString());
  });
});
