import { create, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import type { HttpClient, HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { DeviceType, MemberType, PutStateReason, PutStateRequestSchema } from "../proto/gen/connect_pb";
import { clientTokenTrouble } from "../login5/client-token-trouble";
import { readCluster, type ClusterView } from "./cluster";
import { parseLargeJson } from "../dealer/large-json";

const TIMEOUT = 10_000;
/** A cluster of 10,000 devices has some 4 MiB. */
const MAX_ANSWER_BYTES = 8 << 20;

/** What a device shows of itself. */
export interface VisibleDevice {
  deviceId: string;
  name: string;
  clientId: string;
}

export interface ConnectStateOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  /** Base URL of Spotify's own services. @param another the last one did not answer */
  spclient(another: boolean, signal: AbortSignal): Promise<string>;
  /** A Login5 token. */
  token(signal: AbortSignal): Promise<string>;
  /** A server answered this token with 401. */
  tokenRefused(token: string): void;
  clientToken(signal: AbortSignal): Promise<string>;
  /** A server did not take this client token. */
  clientTokenRefused(token: string): void;
  /** Whose quota a request counts towards. */
  clientId: string;
}

/** The hidden observer's ID beside a device's own, as the web player has one. */
export function observerId(deviceId: string): string {
  return `hobs_${deviceId}`;
}

/**
 * Registers devices with connect-state, on a dealer's connection: there the cluster is pushed to them.
 *
 * Source: librespot core/src/spclient.rs, `put_connect_state_request`; for the observer, what the web player sends.
 */
export class ConnectState {
  readonly #options: ConnectStateOptions;
  #isServerDead = false;

  constructor(options: ConnectStateOptions) {
    this.#options = options;
  }

  /**
   * Registers an observer, which sees the cluster and is seen by nobody.
   * @returns the cluster as it is
   * @throws SpotifyError REQUEST_REFUSED, RATE_LIMITED, UNREACHABLE, TIMEOUT, PROTOCOL_ERROR
   */
  async observe(
    deviceId: string,
    connectionId: string,
    own: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ClusterView> {
    const capabilities = { can_be_player: false, hidden: true, needs_full_player_state: true };
    const body = JSON.stringify({
      member_type: "CONNECT_STATE",
      device: { device_info: { capabilities } },
    });
    const answer = await this.#put(
      observerId(deviceId),
      connectionId,
      { type: "application/json", body: Buffer.from(body) },
      signal,
    );
    const document = await parseLargeJson(answer.body);
    if (typeof document !== "object" || document === null) {
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify answered a registration with no cluster.");
    }
    return readCluster(document, own);
  }

  /**
   * Registers a device that Spotify's apps show.
   * @returns the cluster as it is
   * @throws SpotifyError as `observe`
   */
  async show(
    device: VisibleDevice,
    connectionId: string,
    own: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ClusterView> {
    const body = Buffer.from(toBinary(PutStateRequestSchema, describe(device)));
    const answer = await this.#put(
      device.deviceId,
      connectionId,
      { type: "application/x-protobuf", body },
      signal,
    );
    return readCluster(answer.body, own);
  }

  async #put(
    id: string,
    connectionId: string,
    { type, body }: { type: string; body: Buffer },
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { guard, clientId } = this.#options;
    const base = await this.#options.spclient(this.#isServerDead, signal);
    this.#isServerDead = false;
    const { host } = new URL(base);
    let hasRenewed = false;
    for (let tries = 1; ; tries++) {
      guard.check(clientId, host);
      const token = await this.#options.token(signal);
      const clientToken = await this.#options.clientToken(signal);
      const headers = {
        accept: type,
        "content-type": type,
        authorization: `Bearer ${token}`,
        "client-token": clientToken,
        "x-spotify-connection-id": connectionId,
      };
      const response = await this.#request(`${base}/connect-state/v1/devices/${id}`, headers, body, signal);
      guard.learn(clientId, host, response);
      const { status } = response;
      if (status === 200) return response;
      if (response.headers["client-token-error"] !== undefined) {
        const trouble = clientTokenTrouble(response, clientId, hasRenewed);
        this.#options.clientTokenRefused(clientToken);
        if (trouble instanceof SpotifyError) throw trouble;
        hasRenewed = true;
        continue;
      }
      if (status === 401) {
        this.#options.tokenRefused(token);
        if (tries === 1) continue;
      }
      if (status >= 500) this.#isServerDead = true;
      if (status >= 500) throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${status}).`);
      throw new SpotifyError("REQUEST_REFUSED", `Spotify would not register the device (HTTP ${status}).`);
    }
  }
  /** @throws SpotifyError as `HttpClient.request` */
  async #request(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { http } = this.#options;
    try {
      const bounds = { timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES };
      return await http.request(url, { method: "PUT", headers, body, signal, ...bounds });
    } catch (error) {
      this.#isServerDead = !signal.aborted;
      throw error;
    }
  }
}

/** Source of the capabilities: librespot connect/src/state.rs, `ConnectState::new`. */
function describe({ deviceId, name, clientId }: VisibleDevice): ReturnType<typeof newRequest> {
  return newRequest({
    memberType: MemberType.CONNECT_STATE,
    putStateReason: PutStateReason.NEW_DEVICE,
    clientSideTimestamp: BigInt(Date.now()),
    device: {
      deviceInfo: {
        // Else no app shows it. What it is then told to play it says it cannot.
        canPlay: true,
        name,
        deviceId,
        deviceType: DeviceType.SPEAKER,
        clientId,
        brand: "Node-RED",
        model: "spotify-session",
        deviceSoftwareVersion: "1.0",
        spircVersion: "3.2.6",
        capabilities: {
          canBePlayer: true,
          isObservable: true,
          isControllable: true,
          gaiaEqConnectId: true,
          disableVolume: true,
          supportsTransferCommand: true,
          supportsCommandRequest: true,
          supportsGzipPushes: true,
          needsFullPlayerState: false,
          commandAcks: true,
        },
      },
      playerState: {},
    },
  });
}

function newRequest(
  init: Parameters<typeof create<typeof PutStateRequestSchema>>[1],
): ReturnType<typeof create<typeof PutStateRequestSchema>> {
  return create(PutStateRequestSchema, init);
}
