import { create, toBinary } from "@bufbuild/protobuf";
import { readClusterUpdate } from "../../src/connect-state/cluster";
import { readPlayback } from "../../src/player/cluster-reading";
import { NowPlaying } from "../../src/player/now-playing";
import { ClusterUpdateSchema, DeviceType } from "../../src/proto/gen/connect_pb";
import { median, number, report } from "./measure";

const RUNS = 7;
const READINGS = 200;
const PUSHES = 100_000;
/** After this many pushes, the memory in use no longer grows. */
const SETTLED = 20_000;
const OWN: ReadonlySet<string> = new Set(["own"]);
const NO_NAMES = { known: () => undefined, wants: () => false, lookUp: () => Promise.resolve() };

/** The time to read clusters, and the memory that a player needs for many of them. */
export async function benchClusters(): Promise<void> {
  const large = pushOf(50, 80, 1);
  const json = JSON.stringify(readClusterUpdate(large, OWN).cluster, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const each = (read: () => unknown): Promise<number> =>
    median(RUNS, () => {
      const started = performance.now();
      for (let i = 0; i < READINGS; i++) read();
      return (performance.now() - started) / READINGS;
    });
  const reading = await each(() => readPlayback(readClusterUpdate(large, OWN), RECEIPT));
  const parsing = await each(() => JSON.parse(json));
  report(
    "reading a cluster of 50 devices and 80 queue rows",
    `${number(reading, 2)} ms`,
    `JSON.parse of the same content: ${number(parsing, 2)} ms`,
    reading < 1,
  );

  const player = new NowPlaying({
    names: NO_NAMES,
    source: { refresh: () => Promise.resolve() },
    account: () => "listener",
  });
  let told = 0;
  player.on("change", () => told++);
  const pushes = Array.from({ length: 100 }, (_, i) => pushOf(5, 20, i));
  let settled = 0;
  for (let i = 0; i < PUSHES; i++) {
    player.readCluster(readClusterUpdate(pushes[i % pushes.length], OWN));
    if (i === SETTLED) settled = memory();
    // oxlint-disable-next-line no-await-in-loop
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  player.reset();
  report(
    `memory that ${number(PUSHES - SETTLED)} more pushes take, RSS`,
    `${number((memory() - settled) / 2 ** 20, 1)} MiB`,
    `${number(told)} changes told for ${number(PUSHES)} pushes`,
  );
}

const RECEIPT = { account: "listener", receivedAt: 0, at: 0, serverTime: 0 };

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** @param first number of the track that plays */
function pushOf(devices: number, rows: number, first: number): Uint8Array {
  const ids = Array.from({ length: devices }, (_, i) => `device${i}`);
  const cluster = {
    activeDeviceId: "device0",
    serverTimestampMs: 1_764_032_400_000n,
    device: Object.fromEntries(
      ids.map((deviceId, i) => [
        deviceId,
        { deviceId, name: `Device ${i}`, volume: 32_000, deviceType: DeviceType.SPEAKER, canPlay: true },
      ]),
    ),
    playerState: {
      timestamp: 1_764_032_400_000n,
      contextUri: "spotify:playlist:37i9dQZF1EYkqdzj48dyYq",
      isPlaying: true,
      track: track(first),
      nextTracks: Array.from({ length: rows }, (_, i) => track(first + i + 1)),
      duration: 200_000n,
    },
  };
  return toBinary(ClusterUpdateSchema, create(ClusterUpdateSchema, { cluster }));
}

function track(index: number): object {
  return {
    uri: `spotify:track:${String(index).padStart(22, "0")}`,
    uid: String(index).padStart(20, "0"),
    provider: "context",
    metadata: {
      title: `Title ${index}`,
      artist_name: "An artist",
      artist_uri: "spotify:artist:0000000000000000000001",
      album_title: "An album",
      album_uri: "spotify:album:0000000000000000000001",
      image_url: "spotify:image:ab67616d00001e02000000000000000000000001",
      context_uri: "spotify:playlist:37i9dQZF1EYkqdzj48dyYq",
    },
  };
}
