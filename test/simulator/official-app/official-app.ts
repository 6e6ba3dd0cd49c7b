/**
 * The official app of a person with a phone. It finds devices on the LAN and taps them, takes over playback, tells all
 * devices so in frames (Mercury) or in the cluster (connect-state), sends commands, and goes away.
 * Sources: librespot connect/src/spirc.rs (v0.6) for frames; connect/src/state.rs and docs/dealer.md for the rest.
 */
import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { AuthenticationType } from "../../../src/proto/gen/authentication_pb";
import { PutStateReason, type DeviceInfo } from "../../../src/proto/gen/connect_pb";
import { FrameSchema, MessageType } from "../../../src/proto/gen/spirc_pb";
import type { Account } from "../world/accounts";
import { playing } from "../connect-state/cluster";
import type { Reply } from "../dealer/dealer-connection";
import { PLAYER_COMMAND } from "../dealer/dealer-messages";
import type { Simulator } from "../index";
import { discover, type FoundDevice, type Wanted } from "./official-app-discovery";
import { AppLine } from "./official-app-line";
import { resetUsers, tap, type TapOptions, type ZeroconfAnswer } from "./official-app-tap";

export interface OfficialAppOptions {
  clientId: string;
  /** The phone's name, given by its user. */
  name?: string;
  brand?: string;
  model?: string;
  /** 40 hex digits. */
  deviceId?: string;
}

/** How all devices learn that the app controls playback now. */
export interface TakeOver {
  via: "frames" | "cluster";
  /** `frames`: IDs of the target devices; if absent, all devices of the account. */
  to?: readonly string[];
  /** `cluster`: the device that plays for the app; by default the phone itself. */
  on?: string;
}

export class OfficialApp {
  readonly account: Account;
  readonly clientId: string;
  readonly name: string;
  readonly brand: string;
  readonly model: string;
  readonly deviceId: string;
  readonly #simulator: Simulator;
  #line: Promise<AppLine> | undefined;
  #accessToken: string | undefined;
  #last: TakeOver | undefined;
  #framesSent = 0;
  #commandsSent = 0;

  constructor(simulator: Simulator, account: Account, options: OfficialAppOptions) {
    this.#simulator = simulator;
    this.account = account;
    this.clientId = options.clientId;
    this.name = options.name ?? `${account.username}'s phone`;
    this.brand = options.brand ?? "Loopback";
    this.model = options.model ?? "Phone 1";
    this.deviceId = options.deviceId ?? randomBytes(20).toString("hex");
  }

  /** Searches for a device of this machine by mDNS. @throws Error if there is none with this name or ID in time */
  discover(wanted?: Wanted): Promise<FoundDevice> {
    return discover(wanted);
  }

  /**
   * The user picks a device for the first time, and thereby signs it in.
   * @param address URL of its ZeroConf API
   * @returns its answer
   */
  tap(address: string, options?: TapOptions): Promise<ZeroconfAnswer> {
    const { username, storedCredential } = this.account;
    this.#simulator.passedSecrets.keep(storedCredential);
    const authType = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
    return tap(address, { username, authType, authData: storedCredential }, this, options);
  }

  /** Signs the account on a device out. */
  resetUsers(address: string): Promise<ZeroconfAnswer> {
    return resetUsers(address);
  }

  /** Controls playback from now on, and announces it to all devices. */
  async takeOver(how: TakeOver): Promise<void> {
    this.#last = how;
    if (how.via === "frames") return this.sendFrame(MessageType.kMessageTypeNotify, how.to);
    const line = await this.#join();
    if (how.on === undefined) {
      await line.put(PutStateReason.PLAYER_STATE_CHANGED, playing(this.deviceId));
    } else {
      this.#simulator.clusterOf(this.account).play({ on: how.on, by: this.deviceId });
    }
  }

  /** The user continues with another phone, which takes over in the same way. */
  async moveTo(other: OfficialApp, how: TakeOver = this.#last ?? { via: "cluster" }): Promise<void> {
    await other.takeOver(how);
    if (this.#line !== undefined) await (await this.#line).put(PutStateReason.BECAME_INACTIVE);
  }

  /** Sends a frame that names this app. @param to device IDs; if absent, all devices of the account */
  sendFrame(type: MessageType, to: readonly string[] = []): void {
    const frame = create(FrameSchema, {
      version: 1,
      ident: this.deviceId,
      protocolVersion: "2.0.0",
      seqNr: ++this.#framesSent,
      typ: type,
      deviceState: {
        swVersion: "Spotify/simulated",
        isActive: type !== MessageType.kMessageTypeGoodbye,
        canPlay: true,
        name: this.name,
        metadata: [
          { type: "client_id", metadata: this.clientId },
          { type: "brand_display_name", metadata: this.brand },
          { type: "model_display_name", metadata: this.model },
        ],
      },
      recipient: [...to],
    });
    const uri = `hm://remote/user/${encodeURIComponent(this.account.username)}/`;
    this.#simulator.publish(uri, [toBinary(FrameSchema, frame)]);
  }

  /** Opens the list of devices. @returns the devices that the app shows, including itself */
  async look(): Promise<DeviceInfo[]> {
    const { device } = await (await this.#join()).put(PutStateReason.NEW_CONNECTION);
    return Object.values(device);
  }

  /**
   * Gives a device a command, such as `pause` or `transfer`.
   * @param more further fields of the command
   * @returns its reply
   * @throws Error where it is not registered, or does not reply
   */
  command(deviceId: string, endpoint: string, more: object = {}): Promise<Reply> {
    const member = this.#simulator.clusterOf(this.account).find(deviceId);
    const connection = member && this.#simulator.dealer.connection(member.connectionId);
    if (connection === undefined) return Promise.reject(new Error("There is no such device"));
    return connection.request(PLAYER_COMMAND, {
      message_id: ++this.#commandsSent,
      target_alias_id: null,
      sent_by_device_id: this.deviceId,
      // librespot refuses a command without them. Source: core/src/dealer/protocol/request.rs
      command: { endpoint, logging_params: {}, ...more },
    });
  }

  /** The user closes the app: it says goodbye, in the same way in which it announced itself. */
  async leave(): Promise<void> {
    if (this.#framesSent > 0) this.sendFrame(MessageType.kMessageTypeGoodbye);
    const line = this.#line;
    this.#line = undefined;
    await (await line)?.leave();
    this.#forgetToken();
  }

  /** The phone loses its network, without a goodbye. */
  async vanish(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    await (await line)?.close();
    this.#forgetToken();
  }

  #join(): Promise<AppLine> {
    this.#line ??= this.#open().catch((error: unknown) => {
      this.#line = undefined;
      throw error;
    });
    return this.#line;
  }

  async #open(): Promise<AppLine> {
    const { accounts, clientTokens, policy, endpoints, officialTokens } = this.#simulator;
    const { accessToken } = accounts.mintLogin5(this.account.username, this.clientId);
    this.#accessToken = accessToken;
    officialTokens.add(accessToken);
    const { token } = clientTokens.grant(this.clientId, this.deviceId, policy.clientTokenLife);
    const { deviceId, clientId, name, brand, model } = this;
    const line = await AppLine.open(
      { dealer: endpoints.dealer, spclient: endpoints.spclient, accessToken, clientToken: token },
      { deviceId, clientId, name, brand, model },
    );
    await line.put(PutStateReason.NEW_DEVICE);
    return line;
  }

  #forgetToken(): void {
    if (this.#accessToken === undefined) return;
    this.#simulator.officialTokens.delete(this.#accessToken);
    this.#simulator.accounts.revoke(this.#accessToken);
    this.#accessToken = undefined;
  }
}
