import type { PlaybackState } from "../player/playback-state";
import { readDevices } from "../player/web-api-devices";
import { readPlayer } from "../player/web-api-reading";
import type { AppCredential, WebApi } from "../web-api/web-api";
import type { Scene, SceneSource } from "./scene";

const PLAYER = { path: "/v1/me/player", query: { additional_types: "track,episode" } };
const DEVICES = { path: "/v1/me/player/devices" };
/** The waits between two requests while a command is watched, ms. The first answers may still show the old state. */
const WAITS = [300, 400, 600, 1_000, 1_000, 2_000] as const;

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
    const player = await webApi.document(PLAYER, credential, signal);
    const { state } = readPlayer(player, this.#last, account() ?? null);
    this.#last = state;
    const devices = readDevices(await webApi.document(DEVICES, credential, signal));
    return {
      state,
      targets: devices.map(({ device, isRestricted }) => ({ ...device, aliases: [], isRestricted })),
      playbackId: undefined,
      serverTime: undefined,
      ackId: undefined,
    };
  }

  watch(listener: (scene: Scene) => void): () => void {
    const stopping = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const plan = (turn: number): void => {
      timer = setTimeout(
        () => {
          const next = (): void => {
            if (!stopping.signal.aborted) plan(turn + 1);
          };
          this.ask(stopping.signal)
            // A failed reading is no news: the command ends by its own time.
            .then((scene) => !stopping.signal.aborted && listener(scene))
            .then(next, next);
        },
        WAITS[Math.min(turn, WAITS.length - 1)],
      );
      timer.unref();
    };
    plan(0);
    return () => {
      clearTimeout(timer);
      stopping.abort(new Error("The command is over."));
    };
  }
}
