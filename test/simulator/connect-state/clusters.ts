/** The clusters of all accounts, and the pushes to all devices about changes in them. */
import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { ClusterUpdateSchema } from "../../../src/proto/gen/connect_pb";
import type { Account } from "../world/accounts";
import type { Backend } from "../backend";
import type { PlaybackNews } from "../world/playback";
import { Cluster, type Member } from "./cluster";
import { clusterUpdateJson } from "./cluster-json";
import type { DealerConnection, Reply } from "../dealer/dealer-connection";
import { PLAYER_COMMAND, SET_VOLUME } from "../dealer/dealer-messages";
import { struck } from "../faults";
import { int32Field } from "../metadata/protobuf-fields";
import { MAX_VOLUME } from "./simulated-device-info";

const CLUSTER_URI = "hm://connect-state/v1/cluster";

export class Clusters {
  readonly #backend: Backend;
  readonly #connectionOf: (id: string) => DealerConnection | undefined;
  readonly #clusters = new Map<Account, Cluster>();
  #commands = 0;

  /** @param connectionOf the open dealer connection with this ID */
  constructor(backend: Backend, connectionOf: (id: string) => DealerConnection | undefined) {
    this.#backend = backend;
    this.#connectionOf = connectionOf;
  }

  of(account: Account): Cluster {
    const known = this.#clusters.get(account);
    if (known !== undefined) return known;
    const cluster: Cluster = new Cluster(account, (change) => this.#tell(cluster, change));
    this.#clusters.set(account, cluster);
    return cluster;
  }

  /**
   * Makes a member do something.
   * @param command with its `endpoint`
   * @param from ID of the device whose app sends the command
   * @param ackId ID to push when the member reports that it is done
   * @returns its reply
   * @throws Error if it does not reply
   */
  command(
    account: Account,
    { deviceId, connectionId }: Member,
    command: object,
    from: string,
    ackId: string,
  ): Promise<Reply> {
    const connection = this.#connectionOf(connectionId);
    if (connection === undefined)
      return Promise.reject(new Error("The device's dealer connection has closed"));
    const messageId = ++this.#commands;
    this.of(account).expect(deviceId, messageId, ackId);
    return connection.request(PLAYER_COMMAND, {
      message_id: messageId,
      target_alias_id: null,
      sent_by_device_id: from,
      command: { logging_params: {}, ...command },
    });
  }

  /** Makes a member change its volume. @param percent 0 to 100 */
  setVolume({ connectionId, info }: Member, percent: number): void {
    // SetVolumeCommand.volume. Sources: librespot protocol/proto/connect.proto and connect/src/spirc.rs
    const command = int32Field(1, Math.round((percent * MAX_VOLUME) / 100));
    const gzip = info.capabilities?.supportsGzipPushes === true;
    this.#connectionOf(connectionId)?.push(SET_VOLUME, [command], { gzip });
  }

  /**
   * Pushes to every device of the account, including the one that changed (in librespot's logs it receives its own
   * changes), in the form in which it registered, and compressed if it supports that. A client registered twice on
   * one connection receives two pushes; the real behaviour is not published.
   */
  #tell(cluster: Cluster, { reason, devices, ackId }: PlaybackNews): void {
    if (cluster.members.length === 0) return;
    const update = create(ClusterUpdateSchema, {
      cluster: cluster.toMessage(this.#strangers()),
      updateReason: reason,
      ackId: ackId ?? randomBytes(20).toString("base64url"),
      devicesThatChanged: devices,
    });
    const bytes = toBinary(ClusterUpdateSchema, update);
    for (const { info, connectionId, format } of cluster.members) {
      const connection = this.#connectionOf(connectionId);
      if (format === "json") {
        const headers = { "content-type": "application/json" };
        connection?.push(CLUSTER_URI, [clusterUpdateJson(update)], { headers });
      } else {
        connection?.push(CLUSTER_URI, [bytes], { gzip: info.capabilities?.supportsGzipPushes === true });
      }
    }
  }

  /** How many devices that belong to no account are in the next cluster. */
  #strangers(): number {
    return struck(this.#backend.faults, "clusterDevices") ?? 0;
  }
}
