import assert from "node:assert/strict";
import { HttpClient } from "../../../src/net/client";
import { LanReceivers, type LanReceiver } from "../../../src/zeroconf/receivers/lan-receivers";
import type { Account, SimulatedDevice } from "../../simulator";
import { SimulatedReceiver, type ReceiverOptions } from "../../simulator/receivers/simulated-receiver";
import { useStage } from "../../support/stage";

const NEVER = new AbortController().signal;
const OWN_ID = "0".repeat(40);

describe("Speakers on the local network", () => {
  const stage = useStage();
  let account: Account;
  let device: SimulatedDevice;
  let http: HttpClient;
  let receivers: LanReceivers;
  /** The address at which mDNS finds a speaker. */
  let places: { url: string }[];
  let searches: number;

  beforeEach(() => {
    account = stage.current.account();
    device = account.playback.addDevice({ name: "Attic", isOnline: false });
    places = [];
    searches = 0;
    http = new HttpClient();
    stage.current.after(() => http.close());
    receivers = made();
  });

  function made(): LanReceivers {
    const { username, storedCredential } = account;
    return new LanReceivers({
      http,
      credentials: () => ({ username, data: storedCredential }),
      deviceId: () => OWN_ID,
      deviceName: "Node-RED",
      browse: () => {
        searches++;
        return Promise.resolve(places);
      },
    });
  }

  async function speaker(options: Partial<ReceiverOptions> = {}): Promise<SimulatedReceiver> {
    const receiver = await SimulatedReceiver.start({ account, device, ...options });
    stage.current.after(() => receiver.close());
    places.push({ url: receiver.url });
    return receiver;
  }

  async function found(): Promise<LanReceiver> {
    const [first, ...others] = await receivers.browse(100, NEVER);
    assert.ok(first);
    assert.deepEqual(others, []);
    return first;
  }

  /** @returns why the only speaker would not sign in */
  async function tapped(): Promise<string | undefined> {
    return receivers.tap(await found(), NEVER);
  }

  it("are found with their own data", async () => {
    await speaker({ aliases: ["Loft", " \u0007 "] });
    assert.deepEqual(await found(), { id: device.id, name: "Attic", aliases: ["Loft"], type: "speaker" });
  });

  it("are found once, no matter on how many networks they answer", async () => {
    const { url } = await speaker();
    places.push({ url: url.replace("127.0.0.1", "localhost") });
    assert.equal((await found()).id, device.id);
  });

  for (const model of ["librespot", "go-librespot"]) {
    it(`sign in with the stored credential: ${model}`, async () => {
      const receiver = await speaker({ model, brand: model });
      const connected = new Promise((resolve) => account.playback.on("change", resolve));
      assert.equal(await tapped(), undefined);
      const { username, storedCredential } = account;
      assert.deepEqual(receiver.logins, [{ username, authType: 1, authData: storedCredential }]);
      await connected;
      assert.ok(device.isOnline);
    });
  }

  it("sign in even if their key is short, or if their API is not at the root", async () => {
    const receiver = await speaker({ shortNumber: "public", path: "/spotifyzc" });
    assert.equal(await tapped(), undefined);
    assert.equal(receiver.logins.length, 1);
  });

  it("are asked for a key if they have none yet", async () => {
    const receiver = await speaker({ isWithoutKey: true });
    assert.equal(await tapped(), undefined);
    assert.deepEqual(
      receiver.forms.map((form) => form.get("blob") === ""),
      [true, false],
    );
  });

  it("are asked once more if signing in has failed, and not again after that", async () => {
    const receiver = await speaker({ loginFailures: 1 });
    assert.equal(await tapped(), undefined);
    assert.equal(receiver.forms.length, 2);
    const stubborn = await speaker({ loginFailures: 9, device: account.playback.devices[0]! });
    places = [{ url: stubborn.url }];
    receivers = made();
    assert.equal(await tapped(), "Kitchen refused to sign in (ERROR-LOGIN-FAILED).");
    assert.equal(stubborn.forms.length, 2);
  });

  it("get no credential while another person is signed in, but do so if it is the account itself", async () => {
    const receiver = await speaker({ activeUser: "a.stranger" });
    const problem = await tapped();
    assert.equal(problem, "Another person is signed in on Attic.");
    assert.deepEqual(receiver.forms, []);
    Object.assign(receiver.options, { activeUser: account.username.toUpperCase() });
    receivers = made();
    assert.equal(await tapped(), undefined);
  });

  it("get no credential if they need another kind of sign-in", async () => {
    const receiver = await speaker({ tokenType: "authorization_code", brand: "Sonos", model: "One" });
    assert.match((await tapped())!, /^Attic wants a kind of sign-in \(“authorization_code”\)/);
    assert.deepEqual(receiver.forms, []);
  });

  it("that do not answer are reported, without a quote of what they sent", async () => {
    const receiver = await speaker();
    const place = await found();
    await receiver.close();
    assert.equal(await receivers.tap(place, NEVER), "Attic did not answer on the local network.");
  });

  it("are left out if they are our own, or if their answer is useless or too long", async () => {
    await speaker({ brand: "Node-RED" });
    await speaker({ answers: { status: 200, body: "no JSON" } });
    await speaker({ answers: { status: 200, body: [1, null] } });
    await speaker({ answers: { status: 200, body: { deviceID: "x", remoteName: "a".repeat(70_000) } } });
    await speaker({ answers: { status: 302, headers: { location: "https://example.com/" } } });
    await speaker({ answers: { status: 200, drop: true } });
    assert.deepEqual(await receivers.browse(100, NEVER), []);
  });

  it("are asked directly, no matter which proxy the environment names", async () => {
    await speaker();
    const before = process.env["http_proxy"];
    process.env["http_proxy"] = "http://127.0.0.1:9";
    stage.current.after(() => {
      if (before === undefined) delete process.env["http_proxy"];
      else process.env["http_proxy"] = before;
    });
    assert.equal(await tapped(), undefined);
  });

  it("are searched once for all callers at the same time, within 5 s", async () => {
    const receiver = await speaker();
    await Promise.all([receivers.browse(100, NEVER), receivers.browse(100, NEVER)]);
    await receivers.browse(50, NEVER);
    assert.deepEqual([searches, receiver.infos], [1, 1]);
  });
});
