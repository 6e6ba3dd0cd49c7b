import { SpotifyError } from "../core/errors";
import type { PlaybackState } from "../player/playback-state";
import { readDevices } from "../player/web-api-devices";
import { readPlayer } from "../player/web-api-reading";
import type { AppCredential, WebApi } from "../web-api/web-api";
import type { Scene, SceneSource } from "./scene";

const PLAYER = { path: "/v1/me/player", query: { additional_types: "track,episode" } };
const DEVICES = { path: "/v1/me/player/devices" };
/**
 * The waits between two requests while a command is watched, ms. Before 0.5 s, the Web API often shows the old state.
 * Source: SpotifyWebApiPython.
 */
const WAITS = [500, 500, 1_000, 1_000, 2_000] as const;

export interface PolledScenesOptions {
  webApi: Pick<WebApi, "document">;
  /** The tokens of an app whose sign-in covers `READ_PLAYBACK`. */
  credential: AppCredential;
  /** The account's username, if it is known. */
  account: () => string | undefined;
}

/** Scenes that the Web API is asked for, if Spotify pushes nothing. */
export class PolledScenes implements SceneSource {
  readonly #options: PolledScenesOptions;
  #last: PlaybackState | undefined;

  constructor(options: PolledScenesOptions) {
    this.#options = options;
  }

  now(signal: AbortSignal): Promise<Scene> {
    return this.ask(signal);
  }

  async ask(signal: AbortSignal): Promise<Scene> {
    const { webApi, credential, account } = this.#options;
    const [player, list] = await Promise.all([
      webApi.document(PLAYER, credential, signal),
      webApi.document(DEVICES, credential, signal),
    ]);
    const { state } = readPlayer(player, this.#last, account() ?? null);
    this.#last = state;
    const devices = readDevices(list);
    return {
      state,
      targets: devices.map(({ device, isRestricted }) => ({
        ...device,
        // The two answers may be from before and after an order: what is confirmed must be what the state says.
        ...(device.id === state.device?.id && { volume: state.volume }),
        aliases: [],
        isRestricted,
      })),
      playbackId: undefined,
      serverTime: undefined,
      ackId: undefined,
    };
  }

  watch(listener: (scene: Scene) => void): () => void {
    const stopping = new AbortController();
    const { signal } = stopping;
    let timer: NodeJS.Timeout | undefined;
    const plan = (turn: number, atLeast = 0): void => {
      if (signal.aborted) return;
      const usual = WAITS[Math.min(turn, WAITS.length - 1)]!;
      timer = setTimeout(() => void poll(turn), Math.max(usual, atLeast));
      timer.unref();
    };
    const poll = async (turn: number): Promise<void> => {
      try {
        const scene = await this.ask(signal);
        if (!signal.aborted) listener(scene);
        plan(turn + 1);
      } catch (error) {
        // A failed reading is no news: the command ends by its own time.
        plan(turn + 1, error instanceof SpotifyError ? (error.retryAfter ?? 0) * 1000 : 0);
      }
    };
    plan(0);
    return () => {
      clearTimeout(timer);
      stopping.abort(new Error("The command is over."));
    };
  }
}
