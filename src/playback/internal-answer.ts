import { ackIdOf, declined } from "../connect-state/remote-control";
import { cleanName } from "../core/clean-name";
import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";
import { restricted } from "./denials";
import type { Order } from "./order";
import { RouteRefusal } from "./route";
import type { Target } from "./scene";

/** Source: WaveeMusic handoff-20260911-connect-detail.md (the volume of an iPhone). */
const UNKNOWN_COMMAND = "DEVICE_DOES_NOT_SUPPORT_COMMAND";
/** Sources: BridgeThing's tests; librespot-java, which names the second one. */
const GONE: ReadonlySet<string | undefined> = new Set(["DEVICE_NOT_FOUND", "DEVICE_DISAPPEARED"]);

/**
 * The `ack_id` of a command that was accepted; undefined if the answer has none.
 *
 * @param answer as `Spclient.request` gives it: with a status below 500, and not 429
 * @throws RouteRefusal if Spotify refused it; SpotifyError DEVICE_NOT_FOUND if Spotify has lost the device; RESTRICTED if
 *   the device declined it
 */
export function accepted(answer: HttpResponse, order: Order, target: Target): string | undefined {
  const { status } = answer;
  if (status < 300) return ackIdOf(answer);
  const device = target.name ?? "the device";
  const { type, reasons } = declined(answer);
  if (isRefused(answer)) {
    const why = cleanName(type ?? "");
    throw new RouteRefusal(
      new SpotifyError(
        "REQUEST_REFUSED",
        `Spotify refuses the command “${order.kind}” (HTTP ${status}${why && `, ${why}`}).`,
      ),
    );
  }
  if (GONE.has(type)) {
    throw new SpotifyError("DEVICE_NOT_FOUND", `Spotify has lost the connection to ${device}.`);
  }
  if (type === UNKNOWN_COMMAND) {
    const message = `The command “${order.kind}” is one that ${device} does not know.`;
    throw new SpotifyError("RESTRICTED", message, { reason: type });
  }
  throw restricted(order.kind, reasons);
}

/** Whether the device does not know the command. */
export function isUnknownCommand(answer: HttpResponse): boolean {
  return answer.status >= 400 && declined(answer).type === UNKNOWN_COMMAND;
}

/** Whether Spotify refused the command before any device saw it. */
export function isRefused(answer: HttpResponse): boolean {
  if (answer.status < 300) return false;
  if (answer.status === 401) return true;
  const { type, reasons } = declined(answer);
  return !GONE.has(type) && type !== UNKNOWN_COMMAND && reasons.length === 0;
}
