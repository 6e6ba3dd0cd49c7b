import assert from "node:assert/strict";
import { once } from "node:events";
import type { WebSocket } from "ws";
import { SpotifyError } from "../../src";
import { readCluster, type ClusterView } from "../../src/connect-state/cluster";
import { Follower } from "../../src/connect-state/follower";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { Mercury } from "../../src/mercury/mercury";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { message, naming, rawDealer, type RawDealer } from "./support/raw-dealer";

const OVER = new SpotifyError("CLOSED", "Over.");
const NEVER = new AbortController().signal;

describe("A follower that reads the cluster once more", () => {
  let dealer: RawDealer;
  let socket: WebSocket;
  let follower: Follower;
  /** The connections on which the observer was registered. */
  let registered: string[];
  /** The active device of each cluster that was reported, and "forgotten". */
  let told: string[];
  /** Answers a registration. */
  let answer: () => Promise<ClusterView>;

  beforeEach(async () => {
    registered = [];
    told = [];
    answer = () => Promise.resolve(clusterOf(`answer ${registered.length}`));
    dealer = await rawDealer((opened) => {
      socket = opened;
      socket.send(naming("the connection"));
    });
    follower = new Follower({
      mercury: { subscribe: () => Promise.resolve(() => undefined) } as unknown as Mercury,
      connectState: {
        observe: (_deviceId, connectionId) => {
          registered.push(connectionId);
          return answer();
        },
        show: () => Promise.reject(OVER),
      },
      deviceId: () => "us",
      visible: undefined,
      dealer: {
        servers: { server: () => Promise.resolve(`ws://${dealer.address}`) },
        token: { get: () => Promise.resolve("token"), refused: () => undefined },
        guard: new RateLimitGuard(() => undefined),
        clientId: CLIENT_IDS.keymaster,
      },
      control: { controlTaken: () => undefined, controlReleased: () => undefined },
      log: () => undefined,
    });
    follower.on("cluster", ({ cluster }) => told.push(cluster.activeDeviceId));
    follower.on("forgotten", () => told.push("forgotten"));
  });

  afterEach(async () => {
    await follower.stop(OVER);
    await dealer.close();
  });

  function clusterOf(active: string): ClusterView {
    return readCluster({ active_device_id: active }, new Set());
  }

  async function connected(): Promise<void> {
    while (follower.dealer.state !== "connected") await once(follower.dealer, "state");
  }

  it("registers again on the same connection, and reports the answer", async () => {
    follower.start("anna");
    await connected();
    await follower.refresh(NEVER);
    assert.deepEqual(registered, ["the connection", "the connection"]);
    assert.deepEqual(told, ["answer 1", "answer 2"]);
  });

  it("waits for a connection", async () => {
    const refreshed = follower.refresh(NEVER);
    follower.start("anna");
    await refreshed;
    assert.deepEqual(told, ["answer 1", "answer 2"]);
  });

  it("waits no longer than its time limit", async () => {
    await assert.rejects(follower.refresh(AbortSignal.abort(OVER)), OVER);
  });

  it("keeps a message that was pushed meanwhile, because it is newer than the answer", async () => {
    follower.start("anna");
    await connected();
    answer = async () => {
      socket.send(message("hm://connect-state/v1/cluster", [{ cluster: { active_device_id: "pushed" } }]));
      await once(follower, "cluster");
      return clusterOf("late");
    };
    await follower.refresh(NEVER);
    assert.deepEqual(told, ["answer 1", "pushed"]);
  });

  it("reports nothing about an account that is no longer followed", async () => {
    follower.start("anna");
    await connected();
    let send = (_cluster: ClusterView): void => undefined;
    answer = () => new Promise((resolve) => (send = resolve));
    const refreshed = follower.refresh(NEVER);
    const rejected = assert.rejects(refreshed, { code: "CLOSED" });
    while (registered.length < 2) await Promise.resolve();
    await follower.stop(OVER);
    send(clusterOf("late"));
    await rejected;
    assert.deepEqual(told, ["answer 1", "forgotten"]);
  });

  it("reports that an account is forgotten only if one was followed", async () => {
    await follower.stop(OVER);
    follower.start("anna");
    follower.start("bert");
    assert.deepEqual(told, ["forgotten"]);
  });
});
