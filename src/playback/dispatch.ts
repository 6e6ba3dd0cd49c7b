import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { CommandOptions } from "./command";
import { isIdempotent, type Order } from "./order";
import { RouteRefusal, type Route } from "./route";
import type { Scene, Target } from "./scene";

/** The wait before an order is sent again after a failure, ms. */
const BEFORE_REPEAT = 300;

/** The result of sending an order. */
export interface Sent {
  /** Spotify repeats it when the order is done. */
  ackId?: string | undefined;
  /** Why the answer did not come: the order may have been carried out or not. */
  lost?: SpotifyError;
}

/** Sends orders on the way that can be used. */
export class Dispatch {
  readonly #routes: readonly Route[];

  /** @param routes in the order in which they are tried */
  constructor(routes: readonly Route[]) {
    this.#routes = routes;
  }

  /**
   * Sends an order: on the first way, or on the next one if the first cannot be used and nothing was carried out.
   * @param choice `auto`, or the only way to be used
   * @param hasHappened looks whether an order whose answer was lost was carried out: then it is not sent again
   * @throws SpotifyError as `Route.send`; INVALID_ARGUMENT; what the last way was refused with
   */
  async send(
    order: Order,
    target: Target,
    scene: Scene,
    choice: CommandOptions["route"],
    signal: AbortSignal,
    hasHappened: () => Promise<boolean>,
  ): Promise<Sent> {
    let refusal: SpotifyError | undefined;
    for (const route of this.#routes) {
      if (choice !== undefined && choice !== "auto" && choice !== route.name) continue;
      const obstacle = route.whyNot();
      if (obstacle) {
        refusal ??= obstacle;
        continue;
      }
      try {
        return await sendOn(route, order, target, scene, signal, hasHappened);
      } catch (error) {
        if (!(error instanceof RouteRefusal)) throw error;
        refusal = error.error;
      }
    }
    throw refusal ?? new SpotifyError("INVALID_ARGUMENT", "A route is auto, internal or web-api.");
  }
}

async function sendOn(
  route: Route,
  order: Order,
  target: Target,
  scene: Scene,
  signal: AbortSignal,
  hasHappened: () => Promise<boolean>,
): Promise<Sent> {
  const once = async (): Promise<Sent> => ({ ackId: await route.send(order, target, scene, signal) });
  try {
    return await once();
  } catch (error) {
    if (!isLost(error)) throw error;
    if (!isIdempotent(order)) return { lost: error };
  }
  await wait(BEFORE_REPEAT, signal);
  if (await hasHappened()) return {};
  try {
    return await once();
  } catch (error) {
    if (!isLost(error)) throw error;
    if (await hasHappened()) return {};
    if (route.name === "internal") throw new RouteRefusal(error);
    return { lost: error };
  }
}

/** Whether it is not known if the order was carried out. */
function isLost(error: unknown): error is SpotifyError {
  return error instanceof SpotifyError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}
