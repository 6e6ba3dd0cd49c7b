import type { PlayerCommand } from "../connect-state/remote-control";
import type { Order } from "./order";
import { repeatOptions } from "./repeat-options";

/** Orders that are a player command, in one form. */
type PlayerOrder = Exclude<Order, { kind: "volume" | "transfer" | "options" | "play" }>;

/**
 * An order as a player command.
 * Sources: SpotAPI spotapi/player.py; talyxel-sound; librespot core/src/dealer/protocol/request.rs.
 */
export function playerCommand(order: PlayerOrder): PlayerCommand {
  switch (order.kind) {
    case "next":
      return { endpoint: "skip_next" };
    case "previous":
      // Beyond 3 s, this goes to the start of the item, as the button in Spotify's apps does.
      return { endpoint: "skip_prev", options: { allow_seeking: true } };
    case "seek": {
      // librespot takes a seek only if it has both, as whole numbers.
      const position = Math.round(order.position);
      return { endpoint: "seek_to", value: position, position };
    }
    case "queue":
      return {
        endpoint: "add_to_queue",
        track: { uri: order.uri, uid: "", metadata: { is_queued: "true" }, provider: "queue" },
      };
    case "resume":
    case "pause":
      return { endpoint: order.kind };
  }
}

/** The fields of the command `set_options`. With `set_` before it, each is the name of a command of its own. */
export function optionsOf({ shuffle, repeat }: Order & { kind: "options" }): Record<string, boolean> {
  return {
    ...(shuffle !== undefined && { shuffling_context: shuffle }),
    ...(repeat !== undefined && repeatOptions(repeat)),
  };
}
