import { EventEmitter } from "node:events";
import { ConnectState } from "../connect-state/connect-state";
import type { ControllingDevice } from "../connect-state/controlling-device";
import type { Discovery, DiscoveryOptions, DiscoveryState } from "../zeroconf/discovery";
import { Follower } from "../connect-state/follower";
import type { SpotifyError } from "../core/errors";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { Spclient } from "../spclient/spclient";
import { raceAbort } from "../async/race-abort";
import type { Mercury } from "../mercury/mercury";
import type { ClientIdReason } from "../core/client-id";
import type { ClientIdChange, ClientIdentity, ClientIdReport } from "./client-identity";
import type { LogLevel } from "./options";
import type { ServerList } from "../access-point/server-list";

export interface ConnectModeOptions {
  identity: ClientIdentity;
  mercury: Mercury;
  http: HttpClient;
  guard: RateLimitGuard;
  servers: ServerList;
  deviceId: () => string;
  /** What Spotify's apps show the device as; undefined where they are not to show it. */
  deviceName: string | undefined;
  /** The port on which apps tap the device; see `DiscoveryOptions`. */
  port: Pick<DiscoveryOptions, "port" | "lastPort" | "onListening">;
  /** Whether to follow which app has control. */
  observe: boolean;
  /** Whose session it is, where it is anybody's. */
  username: () => string | undefined;
  /** What is done with a tap, and with the wish to take it back. */
  onTap: DiscoveryOptions["onTap"];
  onReset: DiscoveryOptions["onReset"];
  /** The client ID that Spotify's own services know this device by. */
  internalClientId: string;
  /** A token for Spotify's own services. */
  internalToken(): Promise<string>;
  clientToken(signal: AbortSignal): Promise<string>;
  clientTokenRefused(token: string): void;
  tokenRefused(token: string): void;
  log: (level: LogLevel, message: string) => void;
}

/**
 * Connect mode: the session's client ID is that of the app that has control, as Spotify has it, and the configured one
 * again when that app leaves.
 */
export class ConnectMode extends EventEmitter<{
  clientId: [ClientIdChange];
  clientIdReport: [ClientIdReport];
  visibility: [];
}> {
  readonly #options: ConnectModeOptions;
  readonly #follower: Follower;
  readonly #discovery: Discovery | undefined;
  #isClosed = false;

  constructor(options: ConnectModeOptions) {
    super();
    this.#options = options;
    const { servers, deviceId, deviceName, internalClientId, identity } = options;
    const { http, guard } = options;
    const token = {
      get: (signal: AbortSignal) => raceAbort(signal, options.internalToken()),
      refused: (refused: string) => options.tokenRefused(refused),
    };
    const clientToken = {
      get: (signal: AbortSignal) => options.clientToken(signal),
      refused: (refused: string) => options.clientTokenRefused(refused),
    };
    const shared = { servers, guard, token, clientId: internalClientId };
    this.#follower = new Follower({
      mercury: options.mercury,
      connectState: new ConnectState(new Spclient({ ...shared, http, clientToken })),
      dealer: shared,
      deviceId,
      visible: deviceName === undefined ? undefined : { name: deviceName, clientId: () => identity.clientId },
      control: {
        controlTaken: (clientId, reason, device) => this.setClientId(clientId, reason, device),
        controlReleased: () => this.#release(),
      },
      log: options.log,
    });
    if (deviceName === undefined) return;
    const { username, onTap, onReset, log } = options;
    // Loaded where it is wanted: most sessions are not on the LAN.
    const discovery = require("../zeroconf/discovery") as typeof import("../zeroconf/discovery");
    this.#discovery = new discovery.Discovery({
      deviceId,
      deviceName,
      ...options.port,
      clientId: () => internalClientId,
      activeUser: username,
      onTap,
      onReset,
      log,
    });
    this.#discovery.on("state", () => this.emit("visibility"));
  }

  /** Whether the device is on the LAN for Spotify's apps to see. */
  get visibility(): DiscoveryState {
    return this.#discovery?.state ?? "off";
  }

  /** Why it is not, where it should be. */
  get visibilityError(): SpotifyError | undefined {
    return this.#discovery?.error;
  }

  /** The port on which apps tap the device, while it is visible. */
  get discoveryPort(): number | undefined {
    return this.#discovery?.port;
  }

  /** The connection over which the cluster is followed. */
  get dealer(): Follower["dealer"] {
    return this.#follower.dealer;
  }

  setClientId(clientId: string, reason: ClientIdReason, device?: ControllingDevice): void {
    const result = this.#options.identity.set(clientId, reason, device);
    if (!result) return;
    if ("change" in result) this.#changed(result.change);
    else this.emit("clientIdReport", result.report);
  }

  /** Shows the device on the LAN, where it is to be seen. */
  show(): void {
    void this.#discovery?.start();
  }

  /** The account is connected: follows it. */
  follow(username: string): void {
    if (this.#options.observe) this.#follower.start(username);
  }

  /** Nobody is signed in, or the session is over. Resolves when nothing is left running. */
  unfollow(reason: SpotifyError): Promise<void> {
    return this.#follower.stop(reason);
  }

  /** The machine slept: what is connected is not, and nobody said so. */
  reconnect(reason: SpotifyError): void {
    this.#follower.dealer.reconnectNow(reason);
  }

  /** The session is over. Resolves when nothing is left running. */
  async close(reason: SpotifyError): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.unfollow(reason), this.#discovery?.close()]);
  }

  #release(): void {
    // Whoever closes a session does not want to hear of its client ID.
    if (this.#isClosed) return;
    const released = this.#options.identity.release();
    if (released) this.#changed(released.change);
  }

  #changed(change: ClientIdChange): void {
    const { clientId, reason, device } = change;
    const by = device?.name ? `, ${device.name}` : "";
    this.#options.log("info", `The client ID is now ${clientId} (${reason}${by}).`);
    this.emit("clientId", change);
  }
}
