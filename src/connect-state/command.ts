/** A player command, as an app sends it to a device. */
export interface PlayerCommand {
  /** Such as `transfer`, `play`, `pause`. */
  endpoint: string;
  /** The ID of the device whose app sent it. */
  from: string | undefined;
}

const MAX_ID = 128;

/**
 * The command in a request; undefined if the request is not a player command.
 *
 * Source: librespot core/src/dealer/protocol/request.rs.
 */
export function readCommand(ident: string, document: unknown): PlayerCommand | undefined {
  if (!ident.startsWith("hm://connect-state/v1/player/command")) return undefined;
  const { command, sent_by_device_id: from } = (document ?? {}) as Record<string, unknown>;
  const endpoint = (command as { endpoint?: unknown } | null | undefined)?.endpoint;
  return {
    // Checked because it is logged.
    endpoint: typeof endpoint === "string" && /^[\w-]{1,64}$/.test(endpoint) ? endpoint : "unknown",
    from: typeof from === "string" && from !== "" && from.length <= MAX_ID ? from : undefined,
  };
}
