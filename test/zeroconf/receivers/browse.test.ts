import assert from "node:assert/strict";
import dgram from "node:dgram";
import { networkInterfaces } from "node:os";
import { SharedResponder, type Announcement } from "../../../src/zeroconf/responder";
import { browse } from "../../../src/zeroconf/receivers/browse";
import { isNear } from "../../../src/zeroconf/receivers/near";
import type { Account } from "../../simulator";
import { SimulatedReceiver } from "../../simulator/receivers/simulated-receiver";
import { useStage } from "../../support/stage";

const NEVER = new AbortController().signal;
const LOOPBACK = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ internal }) => internal),
)![0];

describe("Looking for speakers by mDNS", () => {
  const stage = useStage();
  let account: Account;

  beforeEach(() => {
    account = stage.current.account();
  });

  /** A sleeping speaker, announced on loopback. */
  async function announced(name: string): Promise<SimulatedReceiver> {
    const device = account.playback.addDevice({ name, isOnline: false });
    const receiver = await SimulatedReceiver.start({ account, device });
    const announcement: Announcement = {
      name,
      hostname: `test-${device.id.slice(0, 12)}`,
      port: receiver.port,
      onRename: () => undefined,
      onLost: () => undefined,
    };
    const responder = SharedResponder.on([LOOPBACK]);
    await responder.announce(announcement);
    stage.current.after(async () => {
      await responder.withdraw(announcement);
      await receiver.close();
    });
    return receiver;
  }

  it("finds those that are announced, and leaves no socket", async () => {
    const attic = await announced("Attic");
    const found = await browse(1_000, NEVER, [LOOPBACK]);
    assert.deepEqual(
      found.filter(({ url }) => url === attic.url),
      [{ url: attic.url }],
    );
    const sockets = process.getActiveResourcesInfo().filter((name) => name.startsWith("UDP")).length;
    await browse(50, NEVER, [LOOPBACK]);
    assert.equal(process.getActiveResourcesInfo().filter((name) => name.startsWith("UDP")).length, sockets);
  });

  it("finds nothing if the network has no multicast, or if the port is taken meanwhile", async () => {
    assert.deepEqual(await browse(50, NEVER, ["no such interface"]), []);
    const { bind } = dgram.Socket.prototype;
    stage.current.after(() => (dgram.Socket.prototype.bind = bind));
    let binds = 0;
    dgram.Socket.prototype.bind = function (this: dgram.Socket, ...rest: unknown[]) {
      // The first socket checks whether multicast works.
      if (++binds === 1) return Reflect.apply(bind, this, rest) as dgram.Socket;
      const error = Object.assign(new Error("bind EADDRINUSE"), { code: "EADDRINUSE" });
      process.nextTick(() => this.emit("error", error));
      return this;
    };
    assert.deepEqual(await browse(50, NEVER, [LOOPBACK]), []);
    assert.ok(binds > 1);
  });

  it("ends when its caller aborts", async () => {
    const controller = new AbortController();
    const search = browse(60_000, controller.signal, [LOOPBACK]);
    controller.abort(new Error("enough"));
    await assert.rejects(search, /enough/);
  });

  it("sends requests only to addresses of the local network", () => {
    for (const near of ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.7", "169.254.3.4", "fd00::1"]) {
      assert.ok(isNear(near), near);
    }
    for (const far of [
      "8.8.8.8",
      "172.32.0.1",
      "100.64.0.1",
      "2001:db8::1",
      "::ffff:8.8.8.8",
      "kitchen.local",
    ]) {
      assert.ok(!isNear(far), far);
    }
  });

  it("signs in to a sleeping speaker that is named, and plays there", async () => {
    await announced("Attic");
    const session = await stage.current.connected(account, { observe: true });
    const steps: string[] = [];
    const before = performance.now();
    const state = await session.player.transfer("attic", { onStep: ({ name }) => steps.push(name) });
    assert.equal(state.device?.name, "Attic");
    assert.equal(account.playback.active?.name, "Attic");
    assert.ok(steps.includes("looking-on-lan"));
    assert.ok(performance.now() - before < 6_000);
  });

  it("lists a sleeping speaker, and signs in to none that was not named", async () => {
    const attic = await announced("Attic");
    const session = await stage.current.connected(account, { observe: true });
    const devices = await session.player.devices();
    const asleep = devices.filter(({ isAsleep }) => isAsleep).map(({ name, type }) => [name, type]);
    assert.deepEqual(
      asleep.filter(([name]) => name === "Attic"),
      [["Attic", "speaker"]],
    );
    await session.player.pause();
    assert.deepEqual(attic.forms, []);
  });
});
