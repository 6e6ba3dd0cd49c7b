/** A record of events: counters and records that a test reads, and events that it waits for instead of sleeping. */
import type { DealerConnection } from "./dealer/dealer-connection";
import type { Packet } from "./access-point/framing";

export interface LoginRecord {
  /** The account that logged in, or the claimed name if none did. */
  username: string;
  /** AuthenticationType: 1 stored credential, 3 OAuth access token. */
  type: number;
  ok: boolean;
  deviceId: string;
  /** The error code of a refusal. */
  code?: number;
  at: number;
}

export interface KeymasterRecord {
  username: string;
  scopes: string[];
  clientId: string;
  deviceId: string;
  at: number;
  /** The Mercury status of the answer, or 0 if there was none. */
  status: number;
}

export interface MercuryRecord {
  uri: string;
  method: string;
  status: number;
}

export interface HttpRecord {
  method: string;
  path: string;
  status: number;
}

/** A request to the Web API. */
export interface WebApiRecord extends HttpRecord {
  /** With its question mark; empty if there is no query. */
  query: string;
}

/** How an HTTP request, or the upgrade to a WebSocket, named its sender. */
export interface UserAgentRecord {
  /** The endpoint's name in settings.js. */
  service: string;
  /** "" if there was none. */
  userAgent: string;
}

/** A browser at the authorize page. */
export interface AuthorizeRecord {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  /** 200: the user is asked. 302: the client receives the error. 400: the user sees it. */
  status: number;
  at: number;
}

/** A program at the token endpoint. */
export interface TokenRecord {
  grantType: string;
  clientId: string;
  /** 0: the connection was dropped. */
  status: number;
  /** OAuth's code if the request was refused, even if the client did not receive it. */
  error?: string;
  at: number;
}

/** A device that wants to be paired. */
export interface DeviceRecord {
  clientId: string;
  scopes: string[];
  status: number;
  /** OAuth's code if the request was refused. */
  error?: string;
  /** The code that the device's user must type. */
  userCode?: string;
  at: number;
}

/** A program at Login5. */
export interface Login5Record {
  /** The client ID that it claims. */
  username: string;
  clientId: string;
  deviceId: string;
  /** Number of solutions in the request. */
  solutions: number;
  /** 0: the connection was dropped. */
  status: number;
  /** Kind of the answer; undefined if the request is not protobuf. */
  outcome?: "ok" | "error" | "challenges";
  /** LoginError. */
  error?: number;
  at: number;
}

/** A program that wants a client token. */
export interface ClientTokenRecord {
  /** Empty if it answers a challenge. */
  clientId: string;
  deviceId: string;
  /** Number of answers to challenges in the request. */
  solutions: number;
  /** 0: the connection was dropped. */
  status: number;
  /** Kind of the answer; undefined if the request is not protobuf. */
  outcome?: "granted" | "challenges";
  at: number;
}

/** A device at connect-state. */
export interface ConnectStateRecord {
  method: string;
  /** As in the path: an observer's begins with `hobs_`. */
  deviceId: string;
  /** The account of its token; empty if it is not a token of Login5. */
  username: string;
  /** Size of the body; 0 if there is none. */
  format: "protobuf" | "json" | "";
  /** The fields of the body, with the protocol's names. */
  body: unknown;
  /** 0: the connection was dropped. */
  status: number;
  at: number;
}

/** A program that asks for names. */
/** A command of one device to another, over connect-state. */
export interface DeviceCommandRecord {
  username: string;
  kind: string;
  /** ID of the target device. */
  to: string;
  /** For a command to the player; otherwise empty. */
  endpoint: string;
  body: Readonly<Record<string, unknown>> | undefined;
  status: number;
  /** ms since the epoch. */
  at: number;
}

export interface MetadataRecord {
  service: "extended-metadata" | "metadata/4" | "playlist" | "rootlist" | "oembed";
  /** The URIs in the request; empty if it is invalid. */
  uris: string[];
  /** Whether a token came with it. */
  hasToken: boolean;
  /** 0: the connection was dropped. */
  status: number;
  at: number;
}

/** A message that came from a client of the dealer. */
export interface DealerMessageRecord {
  username: string;
  /** `ping`, `reply`, or any other type; empty if it is not a JSON object. */
  type: string;
  /** For a reply. */
  key?: string;
  success?: boolean;
  at: number;
}

export interface Stats {
  /** Connections that access points have accepted. */
  connections: number;
  openConnections: number;
  /** Handshakes in which the client proved that it knows the keys. */
  handshakes: number;
  handshakeFailures: number;
  /** Packets from clients with a wrong MAC. */
  badMacs: number;
  pings: number;
  pongs: number;
  /** At the access points, the dealer and connect-state. */
  bytesIn: number;
  bytesOut: number;
  resolverRequests: number;
  logins: LoginRecord[];
  keymasterRequests: KeymasterRecord[];
  mercuryRequests: MercuryRecord[];
  webApiRequests: WebApiRecord[];
  authorizeRequests: AuthorizeRecord[];
  tokenRequests: TokenRecord[];
  /** Refresh tokens that were used after their rotation: each is a bug of the client. */
  refreshReuse: number;
  deviceRequests: DeviceRecord[];
  login5Requests: Login5Record[];
  clientTokenRequests: ClientTokenRecord[];
  /** Connections that the dealer has accepted. */
  dealerConnections: number;
  openDealerConnections: number;
  /** Upgrades that the dealer has refused. */
  dealerRefusals: number;
  dealerMessages: DealerMessageRecord[];
  connectStateRequests: ConnectStateRecord[];
  metadataRequests: MetadataRecord[];
  deviceCommands: DeviceCommandRecord[];
  userAgents: UserAgentRecord[];
}

/** `Connection` is the access point's connection; it is a parameter, so that this file does not depend on it. */
export interface SimulatorEvents<Connection> {
  connection: [connection: Connection];
  /** A whole ClientHello was read, and will now be answered. */
  hello: [connection: Connection];
  /** The client has proved that it knows the keys. */
  handshake: [connection: Connection];
  login: [record: LoginRecord, connection: Connection];
  /** Any packet from a client, including logins, before it is handled. */
  packet: [packet: Packet, connection: Connection];
  mercury: [record: MercuryRecord, connection: Connection];
  keymaster: [record: KeymasterRecord, connection: Connection];
  pong: [connection: Connection];
  disconnect: [connection: Connection];
  resolver: [record: HttpRecord];
  webApi: [record: WebApiRecord];
  authorize: [record: AuthorizeRecord];
  token: [record: TokenRecord];
  device: [record: DeviceRecord];
  login5: [record: Login5Record];
  clientToken: [record: ClientTokenRecord];
  /** The dealer has accepted a connection and sent its ID, unless a fault prevents that. */
  dealer: [connection: DealerConnection];
  dealerDisconnect: [connection: DealerConnection];
  dealerMessage: [record: DealerMessageRecord, connection: DealerConnection];
  connectState: [record: ConnectStateRecord];
  metadata: [record: MetadataRecord];
  deviceCommand: [record: DeviceCommandRecord];
}

/** The stand-alone simulator runs for weeks, so only the newest records of each kind are kept. */
const MAX_RECORDS = 10_000;
const DEFAULT_TIMEOUT = 10_000;

// Read now, so that a test's fake clock does not stop the time-out that reports a missing event.
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

type Listener<Connection, K extends keyof SimulatorEvents<Connection>> = (
  ...details: SimulatorEvents<Connection>[K]
) => void;

export class Journal<Connection> {
  readonly stats: Stats = {
    connections: 0,
    openConnections: 0,
    handshakes: 0,
    handshakeFailures: 0,
    badMacs: 0,
    pings: 0,
    pongs: 0,
    bytesIn: 0,
    bytesOut: 0,
    resolverRequests: 0,
    logins: [],
    keymasterRequests: [],
    mercuryRequests: [],
    webApiRequests: [],
    authorizeRequests: [],
    tokenRequests: [],
    refreshReuse: 0,
    deviceRequests: [],
    login5Requests: [],
    clientTokenRequests: [],
    dealerConnections: 0,
    openDealerConnections: 0,
    dealerRefusals: 0,
    dealerMessages: [],
    connectStateRequests: [],
    metadataRequests: [],
    deviceCommands: [],
    userAgents: [],
  };
  readonly #listeners: { [K in keyof SimulatorEvents<Connection>]: Set<Listener<Connection, K>> } = {
    connection: new Set(),
    hello: new Set(),
    handshake: new Set(),
    login: new Set(),
    packet: new Set(),
    mercury: new Set(),
    keymaster: new Set(),
    pong: new Set(),
    disconnect: new Set(),
    resolver: new Set(),
    webApi: new Set(),
    authorize: new Set(),
    token: new Set(),
    device: new Set(),
    login5: new Set(),
    clientToken: new Set(),
    dealer: new Set(),
    dealerDisconnect: new Set(),
    dealerMessage: new Set(),
    connectState: new Set(),
    metadata: new Set(),
    deviceCommand: new Set(),
  };
  readonly #checks = new Set<() => void>();

  on<K extends keyof SimulatorEvents<Connection>>(event: K, listener: Listener<Connection, K>): void {
    this.#listeners[event].add(listener);
  }

  off<K extends keyof SimulatorEvents<Connection>>(event: K, listener: Listener<Connection, K>): void {
    this.#listeners[event].delete(listener);
  }

  once<K extends keyof SimulatorEvents<Connection>>(event: K, listener: Listener<Connection, K>): void {
    const onlyOnce: Listener<Connection, K> = (...details) => {
      this.off(event, onlyOnce);
      listener(...details);
    };
    this.on(event, onlyOnce);
  }

  /** Adds a record to one of the lists of `stats`. */
  record<T>(list: T[], record: T): void {
    list.push(record);
    if (list.length > MAX_RECORDS) list.splice(0, list.length - MAX_RECORDS);
  }

  /** Announces an event: listeners receive it, and all waits check again. */
  happened<K extends keyof SimulatorEvents<Connection>>(
    event: K,
    ...details: SimulatorEvents<Connection>[K]
  ): void {
    for (const listener of this.#listeners[event]) listener(...details);
    for (const check of this.#checks) check();
  }

  /** Resolves as soon as `predicate` holds; it is called now, and after every event. */
  waitFor(predicate: () => boolean, timeout = DEFAULT_TIMEOUT): Promise<void> {
    if (predicate()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        realClearTimeout(timer);
        this.#checks.delete(check);
        finish();
      };
      const check = (): void => {
        if (predicate()) settle(resolve);
      };
      const timer = realSetTimeout(() => {
        settle(() => reject(new Error(`Did not happen in ${timeout} ms: ${predicate.toString()}`)));
      }, timeout);
      this.#checks.add(check);
    });
  }

  /** Resolves with the details of the next event of this kind that `predicate` accepts. */
  next<K extends keyof SimulatorEvents<Connection>>(
    event: K,
    predicate: (...details: SimulatorEvents<Connection>[K]) => boolean = () => true,
    timeout = DEFAULT_TIMEOUT,
  ): Promise<SimulatorEvents<Connection>[K]> {
    return new Promise((resolve, reject) => {
      const listener: Listener<Connection, K> = (...details) => {
        if (!predicate(...details)) return;
        realClearTimeout(timer);
        this.off(event, listener);
        resolve(details);
      };
      const timer = realSetTimeout(() => {
        this.off(event, listener);
        reject(new Error(`No such event in ${timeout} ms: ${event}`));
      }, timeout);
      this.on(event, listener);
    });
  }
}
