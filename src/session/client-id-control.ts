import { EventEmitter } from "node:events";
import type { ControlListener } from "../connect-state/controller";
import type { ControllingDevice } from "../connect-state/controlling-device";
import type { ClientIdReason } from "../core/client-id";
import type { ClientIdChange, ClientIdentity, ClientIdReport } from "./client-identity";
import type { LogLevel } from "./options";

/**
 * Gives the session the client ID of the app that has control, and the configured one again when that app leaves.
 *
 * Emits `clientId` with each change, and `clientIdReport` with what a pinned session did not take over.
 */
export class ClientIdControl
  extends EventEmitter<{ clientId: [ClientIdChange]; clientIdReport: [ClientIdReport] }>
  implements ControlListener
{
  readonly #identity: ClientIdentity;
  readonly #closing: AbortSignal;
  readonly #log: (level: LogLevel, message: string) => void;

  constructor(
    identity: ClientIdentity,
    closing: AbortSignal,
    log: (level: LogLevel, message: string) => void,
  ) {
    super();
    this.#identity = identity;
    this.#closing = closing;
    this.#log = log;
  }

  controlTaken(clientId: string, reason: ClientIdReason, device?: ControllingDevice): void {
    const result = this.#identity.set(clientId, reason, device);
    if (!result) return;
    if ("change" in result) this.#changed(result.change);
    else this.emit("clientIdReport", result.report);
  }

  controlReleased(): void {
    // A session that closes tells nothing of its client ID.
    if (this.#closing.aborted) return;
    const released = this.#identity.release();
    if (released) this.#changed(released.change);
  }

  #changed(change: ClientIdChange): void {
    const { clientId, reason, device } = change;
    const by = device?.name ? `, ${device.name}` : "";
    this.#log("info", `The client ID is now ${clientId} (${reason}${by}).`);
    this.emit("clientId", change);
  }
}
