import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { readCluster, type ClusterView } from "../../../src/connect-state/cluster";
import { readPlayback } from "../../../src/player/cluster-reading";
import type { Reading } from "../../../src/player/reading";
import {
  ClusterSchema,
  DeviceType,
  type DeviceInfoSchema,
  type PlayerStateSchema,
} from "../../../src/proto/gen/connect_pb";

export type ClusterInit = Exclude<MessageInitShape<typeof ClusterSchema>, { $typeName: string }>;
export type PlayerInit = Exclude<MessageInitShape<typeof PlayerStateSchema>, { $typeName: string }>;
type DeviceInit = Exclude<MessageInitShape<typeof DeviceInfoSchema>, { $typeName: string }>;

export const OWN: ReadonlySet<string> = new Set(["us", "hobs_us"]);
/** The time of Spotify's clock in these tests. */
export const SERVER_TIME = 1_783_749_990_000;

export const PHONE: DeviceInit = { name: "Anna's phone", deviceType: DeviceType.SMARTPHONE, volume: 32_768 };
export const KITCHEN: DeviceInit = { name: "Kitchen", deviceType: DeviceType.SPEAKER, volume: 65_535 };

/** A song with all fields that a playing device may send. */
export const SONG = {
  uri: "spotify:track:5PbDuVKV2IFXxNNkjWbGB4",
  metadata: {
    title: "Round Trip",
    artist_name: "Ada Bytewell",
    artist_uri: "spotify:artist:0000000000000000000ada",
    album_title: "Latency",
    album_uri: "spotify:album:00000000000000000000la",
    image_url: "spotify:image:ab67616d00001e020000000000000000000000aa",
    duration: "200000",
  },
};

/** A cluster as Spotify sends it: the phone plays a song from its start, and the kitchen is silent. */
export function cluster(player: PlayerInit = {}, others: ClusterInit = {}): ClusterView {
  const init = create(ClusterSchema, {
    serverTimestampMs: BigInt(SERVER_TIME),
    activeDeviceId: "phone",
    device: { phone: PHONE, kitchen: KITCHEN },
    playerState: {
      timestamp: BigInt(SERVER_TIME),
      isPlaying: true,
      playbackSpeed: 1,
      duration: 200_000n,
      track: SONG,
      ...player,
    },
    ...others,
  });
  return readCluster(toBinary(ClusterSchema, init), OWN);
}

/** The playback in `cluster`. */
export function read(player: PlayerInit = {}, others: ClusterInit = {}): Reading {
  return readView(cluster(player, others));
}

export function readView(view: ClusterView, serverTime = SERVER_TIME): Reading {
  return readPlayback(view, { account: "anna", receivedAt: 1_000, at: 5_000, serverTime });
}
