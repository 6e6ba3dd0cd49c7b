import assert from "node:assert/strict";
import { Socket } from "node:dgram";
import os, { type NetworkInterfaceInfo } from "node:os";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { Discovery } from "../../src/zeroconf/discovery";
import { Outcome } from "../support/failure";
import { Devices } from "./support/device";
import { A, ask, SRV, type DnsRecord } from "./support/mdns";

const turn = setImmediate;
const { networkInterfaces } = os;
const { send } = Socket.prototype;

const LOOPBACK: NetworkInterfaceInfo = {
  address: "127.0.0.1",
  netmask: "255.0.0.0",
  family: "IPv4",
  mac: "00:00:00:00:00:00",
  internal: true,
  cidr: "127.0.0.1/8",
};
/** Stands in for the LAN, because a machine may have none. */
const LAN: NetworkInterfaceInfo = {
  ...LOOPBACK,
  address: "127.0.0.77",
  netmask: "255.255.255.0",
  cidr: "127.0.0.77/24",
  internal: false,
};

describe("a session whose LAN comes and goes", () => {
  const devices = new Devices(false);
  let clock: Clock;
  let device: Discovery;
  let host: string;

  const plugged = (): void => void (os.networkInterfaces = () => ({ lo: [LOOPBACK], lan0: [LAN] }));
  const unplugged = (): void => void (os.networkInterfaces = () => ({ lo: [LOOPBACK] }));

  /** Lets `duration` ms pass, with time for sockets in between. */
  async function pass(duration: number, step = 50): Promise<void> {
    for (let passed = 0; passed < duration; passed += step) {
      await clock.tickAsync(step);
      for (let i = 0; i < 20; i++) await new Promise((resolve) => turn(resolve));
    }
  }

  async function asked(
    enough: (record: DnsRecord) => boolean,
    what: { name: string; type: number },
  ): Promise<DnsRecord | undefined> {
    const answer = ask((records) => records.some(enough), { ...what, patience: 100 });
    await pass(200, 10);
    return (await answer).find(enough);
  }

  /** Resolves when the device is visible on the LAN, or no longer. @throws if this takes over two minutes */
  async function untilVisible(isVisible: boolean): Promise<void> {
    const isOnLan = async (): Promise<boolean> =>
      (await asked(({ data }) => data === LAN.address, { name: host, type: A })) !== undefined;
    for (let passed = 0; (await isOnLan()) !== isVisible; passed += 1_000) {
      assert.ok(passed < 120_000, `should ${isVisible ? "" : "not "}be visible`);
      await pass(1_000);
    }
  }

  beforeEach(async () => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    unplugged();
    const name = `Nomad ${process.pid}`;
    ({ device } = devices.make({ deviceName: name, interfaces: ["lo", "lan0"] }));
    void device.start();
    while (device.state === "off") await pass(50);
    const service = `${name}._spotify-connect._tcp.local`;
    const srv = await asked(({ type }) => type === SRV, { name: service, type: SRV });
    host = srv!.data.replace(/^\d+ /, "");
  });
  // Before the clock is real again, so that everything that was started with this one ends with it.
  afterEach(async () => {
    Socket.prototype.send = send;
    unplugged();
    const closed = new Outcome(devices.close());
    while (closed.pending) await pass(50);
    await pass(1_000);
    os.networkInterfaces = networkInterfaces;
    clock.uninstall();
  });

  it("is visible there again each time", async () => {
    for (let i = 0; i < 3; i++) {
      plugged();
      await untilVisible(true);
      unplugged();
      await untilVisible(false);
    }
    assert.equal(device.state, "visible");
  });

  it("is visible there again even if the first messages on it were lost", async () => {
    plugged();
    await untilVisible(true);
    unplugged();
    await untilVisible(false);
    // Like the answer of a firewall that is not up yet.
    Socket.prototype.send = function (...parameters: unknown[]): void {
      const callback = parameters.at(-1) as (error: Error) => void;
      turn(() => callback(new Error("send EACCES")));
    } as typeof send;
    plugged();
    await pass(20_000);
    Socket.prototype.send = send;
    await untilVisible(true);
    assert.equal(device.state, "visible");
  });

  it("survives a time in which the system does not name its interfaces", async () => {
    for (const odd of [
      () => ({}),
      () => {
        throw new Error("uv_interface_addresses returned Unknown system error 13");
      },
    ]) {
      os.networkInterfaces = odd;
      await pass(40_000, 1_000);
      plugged();
      await untilVisible(true);
      unplugged();
      await untilVisible(false);
    }
  });

  it("says why it cannot be visible if the system does not name its interfaces from the start", async () => {
    os.networkInterfaces = () => ({});
    const { device: other } = devices.make({ interfaces: ["lan1"] });
    await other.start();
    assert.equal(other.error?.code, "UNREACHABLE");
    assert.match(other.error.message, /loopback interface is down/);
  });
});
