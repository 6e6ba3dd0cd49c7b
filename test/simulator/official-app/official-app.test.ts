import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { getResponder, type Responder } from "@homebridge/ciao";
import { fromBinary } from "@bufbuild/protobuf";
import { FrameSchema, MessageType, type Frame } from "../../../src/proto/gen/spirc_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { openBlob, readCredential } from "./blob-reader";
import { makeExchange } from "../access-point/handshake";
import { portOf } from "../http";
import { Command, Simulator, type Account, type OfficialApp } from "../index";
import { RawClient } from "../clients/raw-client";
import { RawDevice } from "../clients/raw-device";

const OURS = "a".repeat(40);
const REMOTE = "hm://remote/user/ada/";

describe("simulator: official app", () => {
  let simulator: Simulator;
  let ada: Account;
  let phone: OfficialApp;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
    phone = simulator.officialApp(ada, {
      clientId: CLIENT_IDS.android,
      name: "Ada's phone",
      brand: "Loop",
      model: "1",
    });
  });

  afterEach(async () => {
    await phone.vanish();
    await simulator.close();
  });

  describe("on the LAN", () => {
    let speaker: Speaker;

    beforeEach(async () => {
      speaker = await Speaker.start();
    });

    afterEach(() => speaker.close());

    it("taps a device: the blob has the account's credential, for this device only", async () => {
      const answer = await phone.tap(speaker.address);
      assert.deepEqual(
        [answer.httpStatus, answer.status, answer.statusString, answer.spotifyError],
        [200, 101, "OK", 0],
      );
      const form = speaker.taps[0];
      assert.ok(form);
      assert.deepEqual(readCredential(speaker.open(form), "ada", OURS), {
        username: "ada",
        authType: 1,
        authData: ada.storedCredential,
      });
      const { action, userName, deviceName, deviceId, tokenType } = Object.fromEntries(form);
      assert.deepEqual(
        [action, userName, deviceName, deviceId, tokenType],
        ["addUser", "ada", "Ada's phone", phone.deviceId, "default"],
      );
    });

    it("taps as a test specifies: other contents, another device's key, short numbers, damaged", async () => {
      await phone.tap(speaker.address, { contents: { authType: 3, authData: Buffer.from("token") } });
      await phone.tap(speaker.address, { encryptedFor: "another" });
      await phone.tap(speaker.address, { shortNumbers: "public" });
      await phone.tap(speaker.address, { spoil: (form) => form.delete("clientKey") });
      const [contents, another, short, spoiled] = speaker.taps;
      assert.ok(contents && another && short && spoiled);
      assert.equal(readCredential(speaker.open(contents), "ada", OURS).authType, 3);
      assert.equal(readCredential(speaker.open(another), "ada", "another").username, "ada");
      assert.ok(Buffer.from(short.get("clientKey") ?? "", "base64").length < 96);
      assert.equal(readCredential(speaker.open(short), "ada", OURS).username, "ada");
      assert.equal(spoiled.has("clientKey"), false);
    });

    it("taps in the form that librespot-java and librespot-python need: no charset, headers in capitals", async () => {
      await phone.tap(speaker.address);
      const at = speaker.tapHeaders.indexOf("Content-Type");
      assert.equal(speaker.tapHeaders[at + 1], "application/x-www-form-urlencoded");
      assert.ok(speaker.tapHeaders.includes("Content-Length"));
    });

    it("reports a device that does not answer, or answers without end", async () => {
      speaker.answers = (response) => response.destroy();
      await assert.rejects(phone.tap(speaker.address), { code: "ECONNRESET" });
      speaker.answers = (response) => response.end("x".repeat((1 << 20) + 1));
      await assert.rejects(phone.tap(speaker.address), /too long/);
    });

    it("signs a device out", async () => {
      assert.equal((await phone.resetUsers(speaker.address)).status, 101);
      assert.equal(speaker.resets, 1);
    });

    it("finds a device by real mDNS, by its name or its ID", async () => {
      await speaker.advertise();
      assert.deepEqual(await phone.discover({ deviceName: speaker.name }), {
        address: (await phone.discover({ deviceId: speaker.deviceId })).address,
        deviceId: speaker.deviceId,
        name: speaker.name,
      });
      await assert.rejects(phone.discover({ deviceName: "Nobody", timeout: 50 }), /No such service/);
    });
  });

  describe("in frames", () => {
    let client: RawClient;

    beforeEach(async () => {
      client = await RawClient.login(simulator, ada);
      await client.request(REMOTE, Command.MercurySubscribe);
    });

    afterEach(() => client.close());

    async function frame(): Promise<Frame> {
      const { uri, parts } = await client.receiveMercury(Command.MercuryEvent);
      assert.equal(uri, REMOTE);
      return fromBinary(FrameSchema, parts[0] ?? Buffer.alloc(0));
    }

    it("announces itself when it takes over, to all or to some, and says goodbye when it leaves", async () => {
      await phone.takeOver({ via: "frames" });
      await phone.takeOver({ via: "frames", to: [OURS] });
      await phone.leave();
      const [all, some, goodbye] = [await frame(), await frame(), await frame()];
      assert.equal(all.ident, phone.deviceId);
      assert.equal(all.typ, MessageType.kMessageTypeNotify);
      assert.deepEqual(all.recipient, []);
      assert.equal(all.deviceState?.name, "Ada's phone");
      assert.deepEqual(
        all.deviceState.metadata.map(({ type, metadata }) => [type, metadata]),
        [
          ["client_id", CLIENT_IDS.android],
          ["brand_display_name", "Loop"],
          ["model_display_name", "1"],
        ],
      );
      assert.deepEqual([some.recipient, some.seqNr], [[OURS], 2]);
      assert.equal(goodbye.typ, MessageType.kMessageTypeGoodbye);
    });

    it("moves to another phone, which announces itself", async () => {
      const tablet = simulator.officialApp(ada, { clientId: CLIENT_IDS.ios });
      await phone.takeOver({ via: "frames" });
      await phone.moveTo(tablet);
      assert.equal((await frame()).ident, phone.deviceId);
      const second = await frame();
      assert.equal(second.ident, tablet.deviceId);
      assert.equal(second.deviceState?.metadata[0]?.metadata, CLIENT_IDS.ios);
    });
  });

  describe("in the cluster", () => {
    let ours: RawDevice;

    beforeEach(async () => {
      ours = await RawDevice.open(simulator, ada, OURS);
      await ours.observe();
    });

    afterEach(() => ours.close());

    async function pushed(): Promise<{ cluster: Fields; reason: string; changed: string[] }> {
      const { payloads } = await ours.receive();
      const { cluster, update_reason: reason, devices_that_changed: changed } = Object(payloads?.[0]);
      return { cluster, reason, changed };
    }

    it("appears, plays and leaves, and all devices receive this", async () => {
      await phone.takeOver({ via: "cluster" });
      assert.equal((await pushed()).reason, "NEW_DEVICE_APPEARED");
      const { cluster, reason } = await pushed();
      assert.equal(reason, "DEVICE_STATE_CHANGED");
      assert.equal(cluster["active_device_id"], phone.deviceId);
      assert.equal(Object(cluster["player_state"]).play_origin.device_identifier, phone.deviceId);
      assert.equal(Object(cluster["player_state"]).is_playing, true);
      const shown = Object(cluster["devices"])[phone.deviceId];
      assert.deepEqual(
        [shown.name, shown.client_id, shown.brand],
        ["Ada's phone", CLIENT_IDS.android, "Loop"],
      );
      await phone.leave();
      const gone = await pushed();
      assert.deepEqual([gone.reason, gone.changed], ["DEVICES_DISAPPEARED", [phone.deviceId]]);
      assert.deepEqual(gone.cluster["devices"], {});
      assert.equal(gone.cluster["active_device_id"], "");
    });

    it("controls a device while another one plays", async () => {
      await phone.takeOver({ via: "cluster", on: OURS });
      await pushed();
      const { cluster } = await pushed();
      assert.equal(cluster["active_device_id"], OURS);
      assert.equal(Object(cluster["player_state"]).play_origin.device_identifier, phone.deviceId);
    });

    it("moves from phone to phone", async () => {
      const tablet = simulator.officialApp(ada, { clientId: CLIENT_IDS.ios });
      await phone.takeOver({ via: "cluster" });
      await phone.moveTo(tablet);
      const cluster = simulator.clusterOf(ada);
      assert.equal(cluster.activeDeviceId, tablet.deviceId);
      assert.deepEqual(
        cluster.devices.map(({ clientId }) => clientId),
        [CLIENT_IDS.android, CLIENT_IDS.ios],
      );
      await tablet.leave();
    });

    it("disappears when its network is lost", async () => {
      await phone.takeOver({ via: "cluster" });
      await pushed();
      await pushed();
      await phone.vanish();
      assert.equal((await pushed()).reason, "DEVICES_DISAPPEARED");
    });

    it("shows all devices except hidden ones", async () => {
      assert.deepEqual(
        (await phone.look()).map(({ deviceId }) => deviceId),
        [phone.deviceId],
      );
      await ours.put();
      assert.equal((await phone.look()).length, 2);
    });

    it("gives a command to a device, and receives whether it was done", async () => {
      await assert.rejects(phone.command("nobody", "pause"), /no such device/);
      await ours.put();
      // It receives pushes both as the observer and as a device.
      await ours.receive();
      await ours.receive();
      const reply = phone.command(OURS, "transfer", { data: "" });
      const { type, key, payload } = await ours.receive();
      assert.equal(type, "request");
      const body = gunzipSync(Buffer.from(String(Object(payload).compressed), "base64"));
      const { command } = Object(JSON.parse(body.toString()));
      assert.deepEqual(command, { endpoint: "transfer", logging_params: {}, data: "" });
      ours.send({ type: "reply", key, payload: { success: false } });
      assert.deepEqual(await reply, { success: false });
    });
  });
});

type Fields = Record<string, unknown>;

/** A minimal device that can be tapped. */
class Speaker {
  readonly name = `Loudspeaker 📻 ${process.pid}`;
  deviceId = OURS;
  readonly taps: URLSearchParams[] = [];
  /** From the last tap, names and values in turn, as received. */
  tapHeaders: readonly string[] = [];
  resets = 0;
  /** Replaces the device's answers. */
  answers: ((response: ServerResponse) => void) | undefined;
  readonly #exchange = makeExchange();
  readonly #server: Server;
  #responder: Responder | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      let body = "";
      request.on("data", (piece: Buffer) => (body += piece.toString()));
      request.on("end", () => {
        const form = new URLSearchParams(body);
        const action = url.searchParams.get("action") ?? form.get("action");
        if (this.answers !== undefined) return this.answers(response);
        if (action === "addUser") {
          this.taps.push(form);
          this.tapHeaders = request.rawHeaders;
        }
        if (action === "resetUsers") this.resets += 1;
        const publicKey = this.#exchange.publicNumber.toString("base64");
        const info = { publicKey, deviceID: this.deviceId, remoteName: this.name };
        const ok = { status: 101, statusString: "OK", spotifyError: 0 };
        response.end(JSON.stringify(action === "getInfo" ? { ...ok, ...info } : ok));
      });
    });
  }

  static async start(): Promise<Speaker> {
    const speaker = new Speaker();
    // Like a device, on every announced address.
    await new Promise<void>((resolve) => speaker.#server.listen(0, resolve));
    return speaker;
  }

  get address(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/`;
  }

  async advertise(): Promise<void> {
    // Another test's process may have a device with the same ID.
    this.deviceId = process.pid.toString(16).padStart(40, "0");
    this.#responder = getResponder();
    const port = portOf(this.#server);
    const txt = { VERSION: "1.0", CPath: "/" };
    const service = this.#responder.createService({ name: this.name, type: "spotify-connect", port, txt });
    await service.advertise();
  }

  /** @returns the content of the outer encryption */
  open(form: URLSearchParams): string {
    const peer = Buffer.from(form.get("clientKey") ?? "", "base64");
    return openBlob(Buffer.from(form.get("blob") ?? "", "base64"), this.#exchange.sharedWith(peer));
  }

  async close(): Promise<void> {
    await this.#responder?.shutdown();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
