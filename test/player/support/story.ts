import assert from "node:assert/strict";
import { create, toBinary } from "@bufbuild/protobuf";
import type { Clock } from "@sinonjs/fake-timers";
import { readCluster, readClusterUpdate } from "../../../src/connect-state/cluster";
import { SPOTIFY_ENDPOINTS } from "../../../src/core/endpoints";
import { SpotifyError } from "../../../src/core/errors";
import type { HttpClient, HttpResponse } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { NameLookup } from "../../../src/player/name-lookup";
import { NowPlaying } from "../../../src/player/now-playing";
import type { PlayerChange } from "../../../src/player/playback-state";
import {
  ClusterSchema,
  ClusterUpdateSchema,
  type Cluster as ClusterMessage,
} from "../../../src/proto/gen/connect_pb";
import type { SpclientRequest } from "../../../src/spclient/spclient";
import { Cluster } from "../../simulator/connect-state/cluster";
import { clusterUpdateJson } from "../../simulator/connect-state/cluster-json";
import { answerBatch, readBatch } from "../../simulator/metadata/extended-metadata";
import { Account } from "../../simulator/world/accounts";
import { findContext } from "../../simulator/world/catalogue";
import type { Playback, PlaybackNews } from "../../simulator/world/playback";

/** How the services for names answer. */
export type Mood = "ok" | "slow" | "failing" | "limited" | "garbage";

/** Longer than any lookup takes in any `Mood`, ms. */
export const SLOW = 1_700;

/** A player that receives the playback of a simulated account, without any sockets. */
export class Story {
  readonly playback: Playback;
  readonly changes: PlayerChange[] = [];
  readonly player: NowPlaying;
  format: "protobuf" | "json" = "protobuf";
  mood: Mood = "ok";
  /** Whether pushes are lost, until `reconnect`. */
  isCut = false;
  /** How far Spotify's clock is ahead of this machine's, ms. */
  readonly ahead: number;
  /** Whether clusters have the time of Spotify's clock. The first one always does. */
  saysTime = true;
  readonly #clock: Clock;
  readonly #cluster: Cluster;

  constructor(clock: Clock, ahead = 0) {
    this.#clock = clock;
    this.ahead = ahead;
    const account = new Account(
      { username: "anna", premium: true, keymaster: "allowed", login5: "ok" },
      () => "",
    );
    this.#cluster = new Cluster(account, (news) => this.#push(news));
    const refused = { ...SPOTIFY_ENDPOINTS, apResolve: "http://127.0.0.1:1" };
    const names = new NameLookup({
      spclient: { request: (request) => this.#answer(request) },
      http: undefined as unknown as HttpClient,
      guard: new RateLimitGuard(() => undefined),
      endpoints: refused,
    });
    this.player = new NowPlaying({
      names,
      account: () => "anna",
      source: { refresh: () => Promise.resolve(this.#readWhole()) },
    });
    this.playback = account.playback;
  }

  listen(): void {
    this.player.on("change", (change) => this.changes.push(change));
  }

  /** The dealer's connection is back: the observer registers, and the answer is the whole cluster. */
  reconnect(): void {
    this.isCut = false;
    this.#readWhole();
  }

  /** Lets time pass, timer by timer. */
  async advance(duration: number): Promise<void> {
    await turn();
    let isOver = false;
    this.#clock.setTimeout(() => (isOver = true), duration);
    while (!isOver) {
      this.#clock.next();
      await turn();
    }
  }

  close(): void {
    this.playback.close();
    this.player.reset();
    this.player.removeAllListeners("change");
  }

  #readWhole(): void {
    this.player.readCluster(readCluster(toBinary(ClusterSchema, this.#message()), OWN));
  }

  #push({ reason, devices }: PlaybackNews): void {
    if (this.isCut) return;
    const update = create(ClusterUpdateSchema, {
      cluster: this.#message(),
      updateReason: reason,
      devicesThatChanged: devices,
    });
    const payload =
      this.format === "json"
        ? (JSON.parse(JSON.stringify(clusterUpdateJson(update))) as unknown)
        : toBinary(ClusterUpdateSchema, update);
    this.player.readCluster(readClusterUpdate(payload, OWN));
  }

  #message(): ClusterMessage {
    const message = this.#cluster.toMessage();
    const ahead = BigInt(this.ahead);
    message.serverTimestampMs = this.saysTime ? message.serverTimestampMs + ahead : 0n;
    if (message.playerState) message.playerState.timestamp += ahead;
    return message;
  }

  async #answer({ path, body }: SpclientRequest): Promise<HttpResponse> {
    const answer = (status: number, bytes: Uint8Array | string): HttpResponse => ({
      status,
      headers: {},
      body: Buffer.from(bytes as string),
    });
    const { mood } = this;
    if (mood === "slow") await new Promise((resolve) => this.#clock.setTimeout(resolve, SLOW));
    if (mood === "failing") return answer(500, "");
    if (mood === "garbage") return answer(200, "{\u0001]");
    if (mood === "limited") throw new SpotifyError("RATE_LIMITED", "Later.", { retryAfter: 20 });
    const playlist = /^\/playlist\/v2\/playlist\/(\w+)\/metadata/.exec(path)?.[1];
    if (playlist !== undefined) {
      const found = findContext(`spotify:playlist:${playlist}`);
      return found ? answer(200, JSON.stringify({ attributes: { name: found.name } })) : answer(404, "");
    }
    if (!path.startsWith("/extended-metadata")) return answer(500, "");
    const batch = answerBatch(readBatch(body as Uint8Array), 86_400);
    assert.equal(batch.status, 200);
    return answer(200, batch.body as Uint8Array);
  }
}

const OWN: ReadonlySet<string> = new Set(["us", "hobs_us"]);

/** Everything continues that does not wait for a timer. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
