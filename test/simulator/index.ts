/**
 * Spotify on loopback: resolver, access points, Mercury, keymaster, the accounts service, Login5, client tokens, the
 * dealer, connect-state, metadata and the Web API, over real sockets on 127.0.0.1; and the official
 * app, which is the user's.
 *
 * The playback of an account is one model, `account.playback`: clusters and the Web API are made from it.
 *
 * Written from the facts, not from `src/`: it has a separate cipher, handshake, framing and Mercury, so that a bug
 * of the client is not mirrored here. It shares the generated protobuf code and the table of what is known
 * about scopes, and nothing else.
 */
import { AccessPoint } from "./access-point/access-point";
import { Accounts, type Account, type AccountOptions, type IssuedToken } from "./world/accounts";
import { AccountsService } from "./accounts/accounts-service";
import { Apps, type App, type AppOptions } from "./world/apps";
import type { Backend } from "./backend";
import { ClientTokenService } from "./login5/client-token";
import { ClientTokens } from "./login5/client-tokens";
import { Clusters } from "./connect-state/clusters";
import type { Cluster } from "./connect-state/cluster";
import { DeviceCommands } from "./connect-state/commands";
import { ConnectState } from "./connect-state/connect-state";
import type { Connection } from "./access-point/connection";
import { Dealer } from "./dealer/dealer";
import { noFaults, type Faults } from "./faults";
import type { Grant } from "./world/grants";
import { signingKeys, type SigningKeys } from "./access-point/handshake";
import { HttpService, type HttpHandler } from "./http";
import { Journal, type SimulatorEvents, type Stats } from "./journal";
import { Login5Service } from "./login5/login5";
import { recall, remember, type Memory } from "./world/memory";
import { defaultPolicy, type Policy } from "./world/policy";
import { OfficialApp, type OfficialAppOptions } from "./official-app/official-app";
import { answerResolver, type Servers } from "./access-point/resolver";
import { Contexts } from "./metadata/contexts";
import { Metadata } from "./metadata/metadata";
import { Rootlists } from "./metadata/rootlist";
import { Secrets } from "./secrets";
import { Timers } from "./timers";
import { startTlsFront, type TlsFront, type TlsFrontOptions } from "./tls-front";
import { requiringUserAgent } from "./user-agents";
import { WebApi } from "./web-api/web-api";

export type {
  Account,
  AccountOptions,
  IssuedToken,
  KeymasterMood,
  Login5Mood,
  ServiceToken,
} from "./world/accounts";
export type { App, AppOptions } from "./world/apps";
export type { ClientToken } from "./login5/client-tokens";
export type { Cluster, Member, Started } from "./connect-state/cluster";
export type { Connection } from "./access-point/connection";
export type { Dealer } from "./dealer/dealer";
export type { DealerConnection, Reply } from "./dealer/dealer-connection";
export { DEALER_GARBAGE, type DealerGarbage } from "./dealer/dealer-garbage";
export type {
  BodyFault,
  DealerSilence,
  Faults,
  Garbage,
  SilentPhase,
  Strike,
  Valued,
  WebApiBody,
} from "./faults";
export { Command, type Packet } from "./access-point/framing";
export type { Grant } from "./world/grants";
export type {
  AuthorizeRecord,
  ClientTokenRecord,
  ConnectStateRecord,
  DealerMessageRecord,
  DeviceCommandRecord,
  DeviceRecord,
  HttpRecord,
  KeymasterRecord,
  Login5Record,
  LoginRecord,
  MercuryRecord,
  MetadataRecord,
  Stats,
  TokenRecord,
  WebApiRecord,
} from "./journal";
export type { Memory } from "./world/memory";
export type { OfficialApp, OfficialAppOptions, TakeOver } from "./official-app/official-app";
export type { FoundDevice, Wanted } from "./official-app/official-app-discovery";
export type { TapOptions, ZeroconfAnswer } from "./official-app/official-app-tap";
export type { Conduct, Declined } from "./world/conduct";
export type { DeviceOptions, SimulatedDevice } from "./world/devices";
export type { Habit } from "./world/habits";
export type { Playback, PlayOptions } from "./world/playback";
export type { PlaybackView } from "./world/playback-view";
export type { Policy, Rotation } from "./world/policy";
export type { TlsFront } from "./tls-front";

export interface SimulatorOptions {
  /** How many access points the resolver names. */
  accessPoints?: number;
  policy?: Partial<Policy>;
  faults?: Partial<Faults>;
  /** Milliseconds of a round trip, on every socket; connecting takes one as well. */
  roundTrip?: number;
  /** The people and apps of an earlier simulator, as returned by its `remember()`. */
  memory?: Memory;
}

export interface Endpoints {
  apResolve: string;
  accounts: string;
  api: string;
  login5: string;
  clientToken: string;
  spclient: string;
  /** Serves `/oembed`. */
  open: string;
  /** A WebSocket. */
  dealer: string;
}

const NO_SUCH_CODE = "No device waits with this code";

type Events = SimulatorEvents<Connection>;

export class Simulator implements Backend {
  readonly policy: Policy;
  readonly faults: Faults;
  readonly accounts: Accounts;
  readonly apps = new Apps();
  readonly clientTokens = new ClientTokens();
  readonly passedSecrets = new Secrets();
  readonly officialTokens = new Set<string>();
  readonly journal = new Journal<Connection>();
  readonly keys: SigningKeys;
  readonly roundTrip: number;
  readonly #accessPoints: readonly AccessPoint[];
  readonly #webApi: WebApi;
  readonly #accountsService: AccountsService;
  readonly #login5: Login5Service;
  readonly #clientToken: ClientTokenService;
  readonly #services: HttpService[] = [];
  readonly #tlsFronts = new Set<TlsFront>();
  readonly #clusters: Clusters;
  readonly #connectState: ConnectState;
  readonly #deviceCommands: DeviceCommands;
  readonly #metadata: Metadata;
  readonly #contexts: Contexts;
  readonly #rootlists: Rootlists;
  readonly #timers = new Timers();
  #dealer: Dealer | undefined;
  #endpoints: Endpoints = {
    apResolve: "",
    accounts: "",
    api: "",
    login5: "",
    clientToken: "",
    spclient: "",
    open: "",
    dealer: "",
  };
  #closed: Promise<void> | undefined;

  private constructor(options: SimulatorOptions, keys: SigningKeys) {
    this.policy = { ...defaultPolicy(), ...options.policy };
    this.faults = { ...noFaults(), ...options.faults };
    this.accounts = new Accounts(this.policy);
    this.keys = keys;
    this.roundTrip = options.roundTrip ?? 0;
    this.#accessPoints = Array.from({ length: options.accessPoints ?? 1 }, () => new AccessPoint(this));
    this.#accountsService = new AccountsService(this);
    if (options.memory) recall(options.memory, this.#remembering);
    this.#login5 = new Login5Service(this);
    this.#clientToken = new ClientTokenService(this);
    const connectionOf = (id: string) => this.#dealer?.connection(id);
    this.#clusters = new Clusters(this, connectionOf);
    this.#webApi = new WebApi(this, this.#clusters, this.#timers);
    this.#connectState = new ConnectState(this, this.#clusters, connectionOf);
    this.#deviceCommands = new DeviceCommands(this, this.#clusters, this.#timers);
    this.#metadata = new Metadata(this);
    this.#contexts = new Contexts(this);
    this.#rootlists = new Rootlists(this);
  }

  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = new Simulator(options, await signingKeys());
    try {
      await simulator.#listen();
    } catch (error) {
      await simulator.close();
      throw error;
    }
    return simulator;
  }

  /** Base URLs, with their names in settings.js. */
  get endpoints(): Endpoints {
    return { ...this.#endpoints };
  }

  /** The public key (PEM, SPKI) that the access points sign with. */
  get accessPointKey(): string {
    return this.keys.publicPem;
  }

  /** `host:port` of each access point, even if it does not listen at the moment. */
  get accessPoints(): string[] {
    return this.#accessPoints.map(({ address }) => address);
  }

  /** The connections that are open. */
  get connections(): Connection[] {
    return this.#accessPoints.flatMap(({ connections }) => connections).filter(({ isOpen }) => isOpen);
  }

  get stats(): Stats {
    return this.journal.stats;
  }

  /** Tokens that keymaster gave and that are not revoked, oldest first. */
  get issuedTokens(): IssuedToken[] {
    return this.accounts.issuedTokens;
  }

  /** Codes, verifiers, tokens and credentials that were sent over HTTP, oldest first; bytes as base64. */
  get secrets(): string[] {
    return this.passedSecrets.all();
  }

  addAccount(options: AccountOptions = {}): Account {
    return this.accounts.add(options);
  }

  /** Its people and apps, and their tokens and grants, as JSON: see `SimulatorOptions.memory`. */
  remember(): Memory {
    return remember(this.#remembering);
  }

  /** Makes the Web API forget this token. @returns whether there was such a token. */
  revoke(accessToken: string): boolean {
    return this.accounts.revoke(accessToken);
  }

  /** Registers an app, like the developer dashboard. @throws Error if the dashboard would refuse it */
  addApp(options: AppOptions = {}): App {
    return this.apps.add(options);
  }

  /** Sets the account in the browser for the pages of the accounts service; by default the first account. */
  get browserAccount(): Account | undefined {
    return this.#accountsService.browserAccount;
  }

  set browserAccount(account: Account | undefined) {
    this.#accountsService.browserAccount = account;
  }

  /** All grants of users, valid or not, oldest first. */
  get grants(): Grant[] {
    return this.#accountsService.grants.all();
  }

  /**
   * Opens an authorize URL as `account` and agrees.
   * @returns the browser's next address: the redirect URI with `code` and `state`, or with `error`. It is not
   *   fetched.
   * @throws Error if the user sees an error page
   */
  async approve(authorizeUrl: string, account: Account): Promise<string> {
    return this.#accountsService.browse(this.#authorizeUrl(authorizeUrl), true, account);
  }

  /** Opens an authorize URL and cancels. */
  async refuse(authorizeUrl: string): Promise<string> {
    return this.#accountsService.browse(this.#authorizeUrl(authorizeUrl), false);
  }

  /** Types the code that a device shows, as `account`. @throws Error if no device waits with this code */
  pair(userCode: string, account: Account): void {
    if (!this.#accountsService.pairing.approve(userCode, account)) throw new Error(NO_SUCH_CODE);
  }

  /** Types the code that a device shows, and cancels. @throws Error if no device waits with this code */
  refusePairing(userCode: string): void {
    if (!this.#accountsService.pairing.refuse(userCode)) throw new Error(NO_SUCH_CODE);
  }

  /**
   * Ends the grant of a refresh token, or all that an account has given. Access tokens stay valid until they expire.
   * @returns whether there was anything to revoke
   */
  revokeGrant(which: string | Account): boolean {
    return this.#accountsService.grants.revoke(which);
  }

  /** Sends a Mercury event to each client that subscribed to `uri`, or to a prefix of it. */
  publish(uri: string, parts: readonly Uint8Array[] = []): void {
    for (const connection of this.connections) {
      const listens = [...connection.subscriptions].some((prefix) => uri.startsWith(prefix));
      const sent = this.policy.eventUris === "decoded" ? decodeURIComponent(uri) : uri;
      if (listens) connection.sendEvent(sent, parts);
    }
  }

  /** The dealer: its connections and its messages. */
  get dealer(): Dealer {
    if (this.#dealer === undefined) throw new Error("The simulator has not started");
    return this.#dealer;
  }

  /** A phone of the person who owns `account`; it does nothing by itself. */
  officialApp(account: Account, options: OfficialAppOptions): OfficialApp {
    return new OfficialApp(this, account, options);
  }

  /** The devices of an account, according to connect-state. */
  clusterOf(account: Account): Cluster {
    return this.#clusters.of(account);
  }

  /** Resets every connection to an access point. */
  dropAll(): void {
    for (const connection of this.connections) connection.drop();
  }

  /** An outage: no access point listens, and every connection is reset. The resolver still names them. */
  async stopAccessPoints(): Promise<void> {
    await Promise.all(this.#accessPoints.map((accessPoint) => accessPoint.stop()));
  }

  /** The end of the outage: the same ports again. */
  async startAccessPoints(): Promise<void> {
    await Promise.all(this.#accessPoints.map((accessPoint) => accessPoint.start()));
  }

  /** An HTTP CONNECT proxy that acts as https://api.spotify.com; see tls-front.ts. */
  async startTlsFront(options: TlsFrontOptions = {}): Promise<TlsFront> {
    const front = await startTlsFront((request) => this.#webApi.answer(request), this.roundTrip, options);
    this.#tlsFronts.add(front);
    return front;
  }

  on<K extends keyof Events>(event: K, listener: (...details: Events[K]) => void): this {
    this.journal.on(event, listener);
    return this;
  }

  once<K extends keyof Events>(event: K, listener: (...details: Events[K]) => void): this {
    this.journal.once(event, listener);
    return this;
  }

  off<K extends keyof Events>(event: K, listener: (...details: Events[K]) => void): this {
    this.journal.off(event, listener);
    return this;
  }

  /** Resolves with the details of the next such event that `predicate` accepts. */
  next<K extends keyof Events>(
    event: K,
    predicate?: (...details: Events[K]) => boolean,
    timeout?: number,
  ): Promise<Events[K]> {
    return this.journal.next(event, predicate, timeout);
  }

  /** Resolves as soon as `predicate` holds: it is called now, and after every event. */
  waitFor(predicate: () => boolean, timeout?: number): Promise<void> {
    return this.journal.waitFor(predicate, timeout);
  }

  /** Closes everything, even with open clients. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #listen(): Promise<void> {
    await this.startAccessPoints();
    this.#dealer = await Dealer.start(this, ({ account, id }) =>
      this.#clusters.of(account).removeConnection(id),
    );
    this.#endpoints = {
      apResolve: await this.#serve("apResolve", (request) => answerResolver(request, this.#servers, this)),
      accounts: await this.#serve("accounts", (request) => this.#accountsService.answer(request)),
      api: await this.#serve("api", (request) => this.#webApi.answer(request)),
      login5: await this.#serve("login5", (request) => this.#login5.answer(request)),
      clientToken: await this.#serve("clientToken", (request) => this.#clientToken.answer(request)),
      spclient: await this.#serve(
        "spclient",
        async (request) =>
          this.#metadata.answer(request) ??
          this.#contexts.answer(request) ??
          this.#rootlists.answer(request) ??
          (await this.#deviceCommands.answer(request)) ??
          this.#connectState.answer(request),
      ),
      open: await this.#serve("open", (request) => this.#metadata.answerOpen(request)),
      dealer: this.#dealer.url,
    };
  }

  get #remembering(): { accounts: Accounts; apps: Apps; grants: AccountsService["grants"] } {
    return { accounts: this.accounts, apps: this.apps, grants: this.#accountsService.grants };
  }

  /** The servers for the resolver. */
  get #servers(): Servers {
    return {
      accesspoint: this.accessPoints,
      dealer: [this.dealer.address],
      spclient: [new URL(this.#endpoints.spclient).host],
    };
  }

  /** @returns the base URL */
  async #serve(name: keyof Endpoints, handler: HttpHandler): Promise<string> {
    const service = await HttpService.start(requiringUserAgent(this, name, handler), this.roundTrip);
    this.#services.push(service);
    return service.url;
  }

  /** @throws Error if the URL does not belong to this simulator */
  #authorizeUrl(text: string): URL {
    const url = new URL(text);
    if (url.origin + url.pathname === `${this.#endpoints.accounts}/authorize`) return url;
    throw new Error(`Not an authorize URL of this simulator: ${url.origin}${url.pathname}`);
  }

  async #close(): Promise<void> {
    for (const { startedPlayback } of this.accounts.all()) startedPlayback?.close();
    this.#timers.close();
    await Promise.all([
      this.stopAccessPoints(),
      this.#dealer?.close(),
      ...this.#services.map((service) => service.close()),
      ...[...this.#tlsFronts].map((front) => front.close()),
    ]);
  }
}
