import type { Scene, SceneSource } from "./scene";

/** Collects the scenes that come while an order is carried out, and waits for the one that shows its effect. */
export class SceneWatch {
  /** Adds a scene that was asked for. */
  readonly take: (scene: Scene) => void;
  readonly #stop: () => void;
  /** Of all scenes that came: the IDs of commands that Spotify says are done. */
  readonly #ackIds = new Set<string>();
  #newest: Scene | undefined;
  #onScene: (() => void) | undefined;

  /** @param since the newest scene so far: older ones, which come late, say nothing */
  constructor(source: SceneSource, since?: Scene) {
    let newestTime = since?.serverTime ?? 0;
    this.take = (scene) => {
      if ((scene.serverTime ?? newestTime) < newestTime) return;
      newestTime = scene.serverTime ?? newestTime;
      this.#newest = scene;
      if (scene.ackId !== undefined) this.#ackIds.add(scene.ackId);
      this.#onScene?.();
    };
    this.#stop = source.watch(this.take);
  }

  /** The newest scene that came since the watch began. */
  get newest(): Scene | undefined {
    return this.#newest;
  }

  /**
   * Resolves with the first scene that satisfies; at once, if the newest one does.
   * @param isDone is also given whether Spotify has said that the command is done
   * @throws the abort reason of `signal`
   */
  until(
    isDone: (scene: Scene, isAcked: boolean) => boolean,
    ackId: string | undefined,
    signal: AbortSignal,
  ): Promise<Scene> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(() => reject(signal.reason as Error));
      const settle = (how: () => void): void => {
        this.#onScene = undefined;
        signal.removeEventListener("abort", onAbort);
        how();
      };
      const look = (): void => {
        const scene = this.#newest;
        const isAcked = ackId !== undefined && this.#ackIds.has(ackId);
        if (scene && isDone(scene, isAcked)) settle(() => resolve(scene));
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort);
      this.#onScene = look;
      look();
    });
  }

  stop(): void {
    this.#stop();
  }
}
