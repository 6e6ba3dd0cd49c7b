/** What happened: counters and records that a test reads, and events it waits for instead of sleeping. */
import type { DealerConnection } from "./dealer/dealer-connection";
import type { Packet } from "./access-point/framing";

export interface LoginRecord {
  /** The account logged in, or the name that was claimed where none was. */
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
  /** The Mercury status answered. 0: none was. */
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
  /** With its question mark; empty if there is none. */
  query: string;
}

/** How a request over HTTP, or the upgrade to a WebSocket, named its sender. */
export interface UserAgentRecord {
  /** As the endpoint is named in settings.js. */
  service: string;
  /** "" if it did not. */
  userAgent: string;
}

/** A browser at the authorize page. */
export interface AuthorizeRecord {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  /** 200: the user is asked. 302: the client is told what is wrong. 400: the user is. */
  status: number;
  at: number;
}

/** A program at the token endpoint. */
export interface TokenRecord {
  grantType: string;
  clientId: string;
  /** 0: the connection was dropped. */
  status: number;
  /** OAuth's code, where it was refused, whether the client got to know it or not. */
  error?: string;
  at: number;
}

/** A device that wants to be paired. */
export interface DeviceRecord {
  clientId: string;
  scopes: string[];
  status: number;
  /** OAuth's code, where it was refused. */
  error?: string;
  /** What the device has its user type in. */
  userCode?: string;
  at: number;
}

/** A program at Login5. */
export interface Login5Record {
  /** That it claims to be. */
  username: string;
  clientId: string;
  deviceId: string;
  /** Solutions of challenges that came with it. */
  solutions: number;
  /** 0: the connection was dropped. */
  status: number;
  /** What the answer is; undefined: no protobuf. */
  outcome?: "ok" | "error" | "challenges";
  /** LoginError. */
  error?: number;
  at: number;
}

/** A program that wants a client token. */
export interface ClientTokenRecord {
  /** Empty where it answers a challenge. */
  clientId: string;
  deviceId: string;
  /** Answers to challenges that came with it. */
  solutions: number;
  /** 0: the connection was dropped. */
  status: number;
  /** What the answer is; undefined: no protobuf. */
  outcome?: "granted" | "challenges";
  at: number;
}

/** A device at connect-state. */
export interface ConnectStateRecord {
  method: string;
  /** As the path has it: an observer's begins with `hobs_`. */
  deviceId: string;
  /** Whose token it showed; empty where it was none of Login5. */
  username: string;
  /** Of the body; empty where there is none. */
  format: "protobuf" | "json" | "";
  /** What the body says, by the names that the protocol has. */
  body: unknown;
  /** 0: the connection was dropped. */
  status: number;
  at: number;
}

/** A program that asks what something is called. */
/** A command of one device to another, over connect-state. */
export interface DeviceCommandRecord {
  username: string;
  kind: string;
  /** ID of the device that it is for. */
  to: string;
  /** Of a command to the player; else empty. */
  endpoint: string;
  body: Readonly<Record<string, unknown>> | undefined;
  status: number;
  /** ms since the epoch. */
  at: number;
}

export interface MetadataRecord {
  service: "extended-metadata" | "metadata/4" | "playlist" | "rootlist" | "oembed";
  /** What it asks about; empty if the request makes no sense. */
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
  /** `ping`, `reply`, or whatever else it calls itself; empty where it is no JSON object. */
  type: string;
  /** Of a reply. */
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
  /** Refresh tokens that were used after they had been rotated away: a client's bug, each one. */
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

/** `Connection` is the access point's connection; a parameter, so that this file knows nothing of it. */
export interface SimulatorEvents<Connection> {
  connection: [connection: Connection];
  /** A whole ClientHello was read, and is about to be answered. */
  hello: [connection: Connection];
  /** The client has proved that it knows the keys. */
  handshake: [connection: Connection];
  login: [record: LoginRecord, connection: Connection];
  /** Any packet from a client, login included, before it is acted on. */
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
  /** The dealer has accepted a connection, and told it its ID, unless a fault keeps it from that. */
  dealer: [connection: DealerConnection];
  dealerDisconnect: [connection: DealerConnection];
  dealerMessage: [record: DealerMessageRecord, connection: DealerConnection];
  connectState: [record: ConnectStateRecord];
  metadata: [record: MetadataRecord];
  deviceCommand: [record: DeviceCommandRecord];
}

/** The stand-alone simulator runs for weeks: of each kind of record, the newest are kept. */
const MAX_RECORDS = 10_000;
const DEFAULT_TIMEOUT = 10_000;

// Taken now, so that a test's fake clock does not stop the time-out that tells it what it waits for.
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

  /** Says that something happened: listeners hear it, and whoever waits looks again. */
  happened<K extends keyof SimulatorEvents<Connection>>(
    event: K,
    ...details: SimulatorEvents<Connection>[K]
  ): void {
    for (const listener of this.#listeners[event]) listener(...details);
    for (const check of this.#checks) check();
  }

  /** Resolves as soon as `predicate` holds; it is asked now, and whenever something has happened. */
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
