import assert from "node:assert/strict";
import { once } from "node:events";
import { promisify } from "node:util";
import { gunzip, gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import type { WebSocket } from "ws";
import { SpotifyError } from "../../src";
import { readCluster, type ClusterView } from "../../src/connect-state/cluster";
import { Follower } from "../../src/connect-state/follower";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import type { Mercury } from "../../src/mercury/mercury";
import { ClusterUpdateSchema } from "../../src/proto/gen/connect_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { message, naming, rawDealer, type RawDealer } from "./support/raw-dealer";

const OVER = new SpotifyError("CLOSED", "Over.");

const unzip = promisify(gunzip);
/** A phone takes over, in a cluster that takes a while to unpack. */
const PACKED = packedCluster();

function packedCluster(): Buffer {
  const cluster = {
    activeDeviceId: "phone",
    device: { phone: { deviceId: "phone", name: "Anna's phone", clientId: CLIENT_IDS.android } },
    playerState: { contextUri: "x".repeat(450 << 10) },
  };
  const bytes = toBinary(ClusterUpdateSchema, create(ClusterUpdateSchema, { cluster }));
  return gzipSync(bytes);
}

function slowCluster(): string {
  const payload = PACKED.toString("base64");
  return message("hm://connect-state/v1/cluster", [payload], { "Transfer-Encoding": "gzip" });
}

describe("Following one account after the other", () => {
  let dealer: RawDealer;
  let sockets: WebSocket[];
  let follower: Follower;
  let told: string[];

  beforeEach(async () => {
    sockets = [];
    told = [];
    dealer = await rawDealer((socket) => {
      sockets.push(socket);
      socket.send(naming(`connection ${sockets.length}`));
    });
    const empty = (): Promise<ClusterView> => Promise.resolve(readCluster({}, new Set()));
    follower = new Follower({
      mercury: { subscribe: () => Promise.resolve(() => undefined) } as unknown as Mercury,
      connectState: { observe: empty, show: empty },
      deviceId: () => "us",
      visible: undefined,
      dealer: {
        servers: { server: () => Promise.resolve(`ws://${dealer.address}`) },
        token: { get: () => Promise.resolve("token"), refused: () => undefined },
        guard: new RateLimitGuard(() => undefined),
        clientId: CLIENT_IDS.keymaster,
      },
      control: {
        controlTaken: (clientId) => told.push(clientId),
        controlReleased: () => told.push("left"),
      },
      log: () => undefined,
    });
  });

  afterEach(async () => {
    await follower.stop(OVER);
    await dealer.close();
  });

  async function connected(): Promise<void> {
    while (follower.dealer.state !== "connected") await once(follower.dealer, "state");
  }

  /** Resolves when the client has received and handled all that was sent to it. */
  async function arrived(): Promise<void> {
    sockets.at(-1)?.ping();
    await once(sockets.at(-1)!, "pong");
  }

  it("receives pushed messages", async () => {
    follower.start("anna");
    await connected();
    sockets[0]?.send(slowCluster());
    while (told.length === 0) await arrived();
    assert.deepEqual(told, [CLIENT_IDS.android]);
  });

  it("does not give the second account a message of the first that was still being unpacked", async () => {
    follower.start("anna");
    await connected();
    sockets[0]?.send(slowCluster());
    await arrived();
    void follower.stop(OVER);
    follower.start("bert");
    while (sockets.length < 2) await once(follower.dealer, "state");
    await connected();
    // At least as long as unpacking takes.
    for (let times = 0; times < 3; times++) await unzip(PACKED);
    await arrived();
    assert.deepEqual(told, []);
  });

  it("needs no stop between them: the first account's connection is closed at once", async () => {
    follower.start("anna");
    await connected();
    const left = once(sockets[0]!, "close");
    follower.start("anna");
    assert.equal(follower.dealer.state, "connected", "the same account changes nothing");
    follower.start("bert");
    await left;
    while (sockets.length < 2) await once(follower.dealer, "state");
    assert.equal(sockets.length, 2);
  });

  it("stops at once, no matter how often it is started and stopped", async () => {
    for (let round = 0; round < 20; round++) {
      follower.start(round % 2 ? "anna" : "bert");
      if (round % 3 === 0) await connected();
      if (round % 4 === 0) await follower.stop(OVER);
      else void follower.stop(OVER);
    }
    await follower.stop(OVER);
    assert.equal(follower.dealer.state, "off");
  });
});
