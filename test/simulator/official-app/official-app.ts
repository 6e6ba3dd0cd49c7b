/**
 * The official app: whoever holds the phone. It finds devices on the LAN and taps them, takes over playback, tells all
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
  /** As the user has named the phone. */
  name?: string;
  brand?: string;
  model?: string;
  /** 40 hex digits. */
  deviceId?: string;
}

/** How everybody is told that the app controls playback now. */
export interface TakeOver {
  via: "frames" | "cluster";
  /** `frames`: device IDs that it is for; none: all devices of the account. */
  to?: readonly string[];
  /** `cluster`: the device that plays by the app's wish. By default the phone itself. */
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

  /** Looks for a device of this machine by mDNS. @throws Error where there is none of this name or ID in time */
  discover(wanted?: Wanted): Promise<FoundDevice> {
    return discover(wanted);
  }

  /**
   * The user picks a device for the first time: it is signed in as the app's user.
   * @param address URL of its ZeroConf API
   * @returns what it answers
   */
  tap(address: string, options?: TapOptions): Promise<ZeroconfAnswer> {
    const { username, storedCredential } = this.account;
    this.#simulator.passedSecrets.keep(storedCredential);
    const authType = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
    return tap(address, { username, authType, authData: storedCredential }, this, options);
  }

  /** Signs whoever is signed in on a device out. */
  resetUsers(address: string): Promise<ZeroconfAnswer> {
    return resetUsers(address);
  }

  /** Controls playback from now on, and has everybody told. */
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

  /** The user goes on with another phone, which takes over as this one did. */
  async moveTo(other: OfficialApp, how: TakeOver = this.#last ?? { via: "cluster" }): Promise<void> {
    await other.takeOver(how);
    if (this.#line !== undefined) await (await this.#line).put(PutStateReason.BECAME_INACTIVE);
  }

  /** Sends a frame that says who this app is. @param to device IDs; none: all devices of the account */
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

  /** Opens the list of devices. @returns those that the app shows, itself among them */
  async look(): Promise<DeviceInfo[]> {
    const { device } = await (await this.#join()).put(PutStateReason.NEW_CONNECTION);
    return Object.values(device);
  }

  /**
   * Has a device do something, as `pause` or `transfer`.
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

  /** The user puts the phone away: it says goodbye, in whichever way it had said hello. */
  async leave(): Promise<void> {
    if (this.#framesSent > 0) this.sendFrame(MessageType.kMessageTypeGoodbye);
    const line = this.#line;
    this.#line = undefined;
    await (await line)?.leave();
    this.#forgetToken();
  }

  /** The phone loses its network: no goodbye. */
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
