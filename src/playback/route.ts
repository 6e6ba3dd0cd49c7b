import type { SpotifyError } from "../core/errors";
import type { RouteName } from "./command";
import type { Order } from "./order";
import type { Scene, Target } from "./scene";

/** A way on which orders reach a device. */
export interface Route {
  readonly name: RouteName;
  /** Why no order can be sent on this way now, because of the sign-ins; undefined if one may. */
  whyNot(): SpotifyError | undefined;
  /**
   * Sends one order, once. A request that was refused may be repeated inside, because it was not carried out. A lost
   * answer, and a 5xx, are for the caller, who knows whether the order may be sent again.
   *
   * @param scene the newest one
   * @returns the ID that Spotify repeats in the scene that follows, if it gave one
   * @throws RouteRefusal if this way cannot be used, and nothing was carried out; SpotifyError DEVICE_NOT_FOUND if Spotify
   *   does not know the device (any more); RESTRICTED if the device or Spotify declines; NO_ACTIVE_DEVICE; UNREACHABLE or
   *   TIMEOUT if it is not known whether it was carried out; RATE_LIMITED; …; or the abort reason of `signal`
   */
  send(order: Order, target: Target, scene: Scene, signal: AbortSignal): Promise<string | undefined>;
}

/**
 * A way cannot be used for an order, and nothing was carried out, so that another way may be tried: no sign-in; 401 with a
 * fresh token; 403 without the player's own error; 404 that does not speak of the device.
 */
export class RouteRefusal extends Error {
  /** What to say if no other way can be used. */
  readonly error: SpotifyError;

  constructor(error: SpotifyError) {
    super(error.message);
    this.error = error;
  }
}
