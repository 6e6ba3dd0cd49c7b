import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { DiffieHellman } from "../../src/access-point/diffie-hellman";
import { readCluster, readClusterUpdate } from "../../src/connect-state/cluster";
import { readCommand } from "../../src/connect-state/command";
import { messagePayload, readDealerText, requestDocument } from "../../src/dealer/message";
import { openLoginBlob } from "../../src/zeroconf/login-blob";
import { Refusal } from "../../src/zeroconf/answer";
import { readTap } from "../../src/zeroconf/tap";
import { readFrame } from "../../src/connect-state/remote-frames";
import { SpotifyError } from "../../src";
import { ClusterSchema, ClusterUpdateSchema } from "../../src/proto/gen/connect_pb";
import { FrameSchema, MessageType } from "../../src/proto/gen/spirc_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { Randomness } from "../support/randomness";
import { onlyTypedErrors, withoutGrowing } from "./support";

const OWN = new Set(["us", "hobs_us"]);
const CLIENTS: ReadonlySet<string> = new Set(Object.values(CLIENT_IDS));

const frame = Buffer.from(
  toBinary(
    FrameSchema,
    create(FrameSchema, {
      ident: "phone",
      typ: MessageType.kMessageTypeNotify,
      deviceState: {
        name: "Anna's phone",
        metadata: [{ type: "client_id", metadata: CLIENT_IDS.android }],
      },
    }),
  ),
);
const device = { phone: { name: "Anna's phone", clientId: CLIENT_IDS.android } };
const clusterInit = { activeDeviceId: "phone", device };
const cluster = Buffer.from(toBinary(ClusterSchema, create(ClusterSchema, clusterInit)));
const update = Buffer.from(
  toBinary(ClusterUpdateSchema, create(ClusterUpdateSchema, { cluster: clusterInit })),
);
const asJson = { active_device_id: "phone", devices: { phone: { client_id: CLIENT_IDS.android } } };

/** Random bytes, valid ones, and most often valid ones that were damaged. */
function damaged(random: Randomness, good: Buffer): Buffer {
  const roll = random.below(10);
  return roll < 2 ? random.bytes(random.below(200)) : roll < 9 ? random.mutated(good) : good;
}

describe("random input for Connect", () => {
  it("40,000 frames: no error, and no invalid client ID", function () {
    this.timeout(60_000);
    const random = new Randomness();
    withoutGrowing(40_000, () => {
      const news = readFrame(damaged(random, frame), "us");
      if (news?.kind === "client") assert.match(news.clientId, /^[0-9a-f]{32}$/, random.hint);
    });
  });

  it("40,000 clusters in both forms: only typed errors", function () {
    this.timeout(60_000);
    const random = new Randomness();
    withoutGrowing(40_000, () => {
      onlyTypedErrors(random, () => {
        const view = random.chance(0.5)
          ? readCluster(damaged(random, cluster), OWN)
          : readClusterUpdate(damaged(random, update), OWN);
        if (view.controller) assert.match(view.controller.clientId, /^[0-9a-f]{32}$/, random.hint);
        view.app("phone");
      });
      onlyTypedErrors(random, () => {
        const text = damaged(random, Buffer.from(JSON.stringify(asJson))).toString();
        let document: unknown;
        try {
          document = JSON.parse(text);
        } catch {
          return;
        }
        if (typeof document !== "object" || document === null) return;
        const { controller } = readCluster(document, OWN);
        if (controller) assert.match(controller.clientId, /^[0-9a-f]{32}$/, random.hint);
      });
    });
    assert.ok(CLIENTS.has(readCluster(cluster, OWN).controller!.clientId));
  });

  it("5,000 texts of a dealer: only typed errors, in the envelope and in its content", async function () {
    this.timeout(60_000);
    const random = new Randomness();
    const command = { message_id: 1, sent_by_device_id: "phone", command: { endpoint: "pause" } };
    for (let i = 0; i < 5_000; i++) {
      const zipped = damaged(random, gzipSync(JSON.stringify(command))).toString("base64");
      const good = random.chance(0.5)
        ? { type: "message", uri: "hm://x", headers: { "Transfer-Encoding": "gzip" }, payloads: [zipped] }
        : {
            type: "request",
            key: "1",
            message_ident: "hm://connect-state/v1/player/command",
            headers: { "Transfer-Encoding": "gzip" },
            payload: { compressed: zipped },
          };
      const text = Buffer.from(JSON.stringify(good));
      try {
        const read = readDealerText(random.chance(0.5) ? text : damaged(random, text));
        if (read?.type === "message") await messagePayload(read);
        if (read?.type === "request") readCommand(read.ident, await requestDocument(read));
      } catch (error) {
        assert.ok(error instanceof SpotifyError, `${random.hint}: ${String((error as Error).stack)}`);
      }
    }
  });

  it("3,000 taps: each is refused as the documentation says", function () {
    this.timeout(60_000);
    const random = new Randomness();
    const keys = new DiffieHellman();
    for (let i = 0; i < 3_000; i++) {
      const fields = new URLSearchParams({
        userName: random.chance(0.1) ? "" : "anna",
        blob: random.bytes(random.below(200)).toString("base64"),
        clientKey: random.bytes(random.below(120)).toString("base64"),
      });
      try {
        if (random.chance(0.5)) readTap(fields, keys, "us");
        else openLoginBlob(random.bytes(16 * random.below(12)).toString("base64"), "anna", "us");
        // Random bytes may be read as a blob that is only encrypted, but not as one that is sealed.
      } catch (error) {
        assert.ok(error instanceof Refusal, `${random.hint}: ${String((error as Error).stack)}`);
      }
    }
  });
});
