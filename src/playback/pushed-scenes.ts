import type { ClusterView } from "../connect-state/cluster";
import type { Follower } from "../connect-state/follower";
import { readPlayback, type Receipt } from "../player/cluster-reading";
import { clusterDevices } from "../player/cluster-devices";
import { cleanName } from "../core/clean-name";
import { SpotifyError } from "../core/errors";
import type { Scene, SceneSource, Target } from "./scene";

const MAX_ALIASES = 20;
const MAX_ID = 256;

export interface PushedScenesOptions {
  follower: Follower;
  /** Has Spotify send the cluster once more, and opens the connection if there is none. */
  refresh: (signal: AbortSignal) => Promise<void>;
  /** That a cluster has come now. */
  receipt: () => Receipt;
}

/** Scenes of the clusters that Spotify pushes. */
export class PushedScenes implements SceneSource {
  readonly #options: PushedScenesOptions;

  constructor(options: PushedScenesOptions) {
    this.#options = options;
  }

  async now(signal: AbortSignal): Promise<Scene> {
    const { cluster } = this.#options.follower;
    return cluster ? this.#sceneOf(cluster) : this.ask(signal);
  }

  async ask(signal: AbortSignal): Promise<Scene> {
    const { follower, refresh } = this.#options;
    await refresh(signal);
    if (follower.cluster) return this.#sceneOf(follower.cluster);
    throw new SpotifyError("UNREACHABLE", "The connection on which Spotify tells what plays was lost.");
  }

  watch(listener: (scene: Scene) => void): () => void {
    const { follower } = this.#options;
    const onCluster = (view: ClusterView): void => listener(this.#sceneOf(view));
    follower.on("cluster", onCluster);
    return () => follower.off("cluster", onCluster);
  }

  #sceneOf(view: ClusterView): Scene {
    const { state } = readPlayback(view, this.#options.receipt());
    return {
      state,
      targets: clusterDevices(view).map((device) => targetOf(device, view)),
      playbackId: view.cluster.playerState?.playbackId.slice(0, MAX_ID) || undefined,
      serverTime: Number(view.cluster.serverTimestampMs) || undefined,
      ackId: view.update?.ackId.slice(0, MAX_ID) || undefined,
    };
  }
}

function targetOf(device: Omit<Target, "aliases" | "isRestricted">, { cluster }: ClusterView): Target {
  const info = cluster.device[device.id];
  const aliases = Object.values(info?.deviceAliases ?? {})
    .slice(0, MAX_ALIASES)
    .map(({ displayName }) => displayName);
  return {
    ...device,
    // The name of the device itself, too: an alias may be shown in its place.
    aliases: [...aliases, info?.name ?? ""].map((alias) => cleanName(alias)).filter((alias) => alias !== ""),
    isRestricted: false,
  };
}
