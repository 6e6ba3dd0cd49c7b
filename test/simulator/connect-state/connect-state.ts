/**
 * Connect state, https://spclient.wg.spotify.com/connect-state/v1: where devices register, and receive the cluster.
 * Sources: librespot core/src/spclient.rs (`put_connect_state_request`, `delete_connect_state_request`,
 * `put_connect_state_inactive`), go-librespot spclient/spclient.go; spotify/web-api#462 for the observer.
 */
import { toBinary, toJson } from "@bufbuild/protobuf";
import {
  ClusterSchema,
  PutStateRequestSchema,
  type Cluster as ClusterMessage,
} from "../../../src/proto/gen/connect_pb";
import type { Account, ServiceToken } from "../world/accounts";
import type { Backend } from "../backend";
import type { Clusters } from "./clusters";
import { clusterJson } from "./cluster-json";
import { memberOf, readRegistration, type Registration } from "./connect-state-request";
import type { DealerConnection } from "../dealer/dealer-connection";
import { noFaults, struck, type Faults } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import type { ConnectStateRecord } from "../journal";
import { withFaults } from "../login5/protobuf-service";

const PATH = /^\/connect-state\/v1\/devices\/([^/]{1,128})(\/inactive)?$/;
const NOTHING: HttpAnswer = { status: 204 };

/** The target of a request. */
interface Asked {
  deviceId: string;
  /** The device no longer plays: `/inactive`. */
  isGoodbye: boolean;
  /** Undefined if there is no valid one. */
  registration: Registration | undefined;
}

export class ConnectState {
  readonly #backend: Backend;
  readonly #clusters: Clusters;
  readonly #connectionOf: (id: string) => DealerConnection | undefined;

  /** @param connectionOf the open dealer connection with this ID */
  constructor(
    backend: Backend,
    clusters: Clusters,
    connectionOf: (id: string) => DealerConnection | undefined,
  ) {
    this.#backend = backend;
    this.#clusters = clusters;
    this.#connectionOf = connectionOf;
  }

  answer(request: HttpRequest): HttpAnswer {
    const [, encoded, goodbye] = PATH.exec(request.url.pathname) ?? [];
    if (encoded === undefined) return { status: 404 };
    const { accounts, journal, officialTokens } = this.#backend;
    const deviceId = decodeURIComponent(encoded);
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner = accounts.serviceToken(token);
    const isOfficial = officialTokens.has(token);
    const faults = isOfficial ? noFaults() : this.#backend.faults;
    const isGoodbye = goodbye !== undefined;
    const registration = request.method === "PUT" && !isGoodbye ? readRegistration(request) : undefined;
    const record: ConnectStateRecord = {
      method: request.method,
      deviceId,
      username: owner?.account.username ?? "",
      format: registration?.format ?? "",
      body: registration && toJson(PutStateRequestSchema, registration.request, { useProtoFieldName: true }),
      status: 0,
      at: Date.now(),
    };
    const { answer } = withFaults(faults, "connectState", record, () => ({
      answer:
        this.#refusal(request, owner, faults) ??
        this.#decide(request, { deviceId, isGoodbye, registration }, owner, faults),
      record,
    }));
    if (isOfficial) return answer;
    const complete = { ...record, status: answer.status };
    journal.stats.bytesIn += request.bytes.length;
    journal.record(journal.stats.connectStateRequests, complete);
    journal.happened("connectState", complete);
    return answer;
  }

  #refusal(request: HttpRequest, owner: ServiceToken | undefined, faults: Faults): HttpAnswer | undefined {
    const retryAfter = struck(faults, "connectStateRateLimited");
    if (retryAfter !== undefined) return { status: 429, headers: { "retry-after": String(retryAfter) } };
    if (owner === undefined) return { status: 401 };
    return this.#backend.clientTokens.refusal(request.headers);
  }

  #decide(request: HttpRequest, asked: Asked, owner: ServiceToken | undefined, faults: Faults): HttpAnswer {
    if (owner === undefined) return { status: 401 };
    const { deviceId, isGoodbye, registration } = asked;
    const cluster = this.#clusters.of(owner.account);
    // librespot sends no connection ID with it.
    if (request.method === "DELETE" && !isGoodbye)
      return cluster.remove(deviceId) ? NOTHING : { status: 404 };
    if (request.method !== "PUT") return { status: 405 };
    const connection = this.#connection(request, owner.account);
    if (connection === undefined) return { status: 400 };
    if (isGoodbye) return cluster.deactivate(deviceId) ? NOTHING : { status: 404 };
    if (registration === undefined) return { status: 400 };
    const member = memberOf(registration, deviceId, connection.id, owner.clientId);
    if (!cluster.put(member, registration.request)) return { status: 429 };
    return clusterAnswer(cluster.toMessage(struck(faults, "clusterDevices")), registration.format);
  }

  /** The connection that the request names, if it is open and of the same account. */
  #connection({ headers }: HttpRequest, account: Account): DealerConnection | undefined {
    const id = headers["x-spotify-connection-id"];
    const connection = typeof id === "string" ? this.#connectionOf(id) : undefined;
    return connection?.account === account ? connection : undefined;
  }
}

function clusterAnswer(cluster: ClusterMessage, format: "protobuf" | "json"): HttpAnswer {
  if (format === "json") return { status: 200, body: clusterJson(cluster) };
  return {
    status: 200,
    body: toBinary(ClusterSchema, cluster),
    headers: { "content-type": "application/protobuf" },
  };
}
