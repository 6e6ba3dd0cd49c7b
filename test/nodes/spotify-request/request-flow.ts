/** A flow with spotify-request nodes, whose account is signed in with the user's own app. */
import type { NodeMessageInFlow, NodeStatus } from "node-red";
import type { Session } from "../../../src";
import { Simulator, type Account, type App, type SimulatorOptions } from "../../simulator";
import { ownApp, signInWithApp } from "../../support/own-app";
import { Flow, type CaughtMessage, type Definition } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

export type Received = NodeMessageInFlow & {
  statusCode?: number;
  headers?: Record<string, unknown>;
  next?: string;
};

export type Caught = CaughtMessage & { statusCode?: number; retryAfter?: number; reason?: string };

export const SCOPES = [
  "playlist-read-private",
  "playlist-modify-private",
  "user-library-read",
  "user-library-modify",
  "user-read-playback-state",
  "user-modify-playback-state",
];

const PLACE = { z: "tab", x: 0, y: 0 };

export class RequestFlow {
  readonly simulator: Simulator;
  readonly account: Account;
  readonly flow = new Flow();
  /** Other nodes to deploy. */
  more: Definition[] = [];

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.account = simulator.addAccount({ username: "mira" });
  }

  static async begin(options: SimulatorOptions = {}): Promise<RequestFlow> {
    return new RequestFlow(await Simulator.start(options));
  }

  async end(): Promise<void> {
    await this.flow.dispose();
    await this.simulator.close();
  }

  /** Deploys nodes n0, n1, …, and a recorder r0, r1, … after each. The account is not signed in unless one is given. */
  async deployUnsigned(nodes: readonly object[], account?: Account): Promise<void> {
    this.flow.more = nodes.flatMap((one, i): Definition[] => [
      { id: `n${i}`, type: "spotify-request", ...PLACE, session: "session", wires: [[`r${i}`]], ...one },
      { id: `r${i}`, type: "recorder", ...PLACE },
    ]);
    this.flow.more.push(...this.more);
    await this.flow.deploy(this.simulator, account, []);
  }

  /** Deploys them, and signs their account in with the user's own app. @returns its client ID */
  async deploy(nodes: readonly object[], scopes: readonly string[] = SCOPES): Promise<string> {
    await this.deployUnsigned(nodes);
    return this.signIn(scopes);
  }

  async signIn(scopes: readonly string[] = SCOPES, app: App = ownApp(this.simulator)): Promise<string> {
    const clientId = await signInWithApp(this.simulator, this.session, this.account, scopes, app);
    // Signing in asks to which account the token belongs.
    this.simulator.stats.webApiRequests.length = 0;
    return clientId;
  }

  get session(): Session {
    return this.flow.sessionNode.session!;
  }

  /** The requests to the Web API since the sign-in, such as `GET /v1/me`. */
  get asked(): string[] {
    return this.simulator.stats.webApiRequests.map(({ method, path }) => `${method} ${path}`);
  }

  receive(message: object = {}, index = 0): void {
    (this.flow.node(`n${index}`) as unknown as { receive(msg: unknown): void }).receive(message);
  }

  /** The output for a message. */
  async send(message: object = {}, index = 0): Promise<Received> {
    const count = recorded(`r${index}`).length + 1;
    this.receive(message, index);
    return (await recordedUntil(`r${index}`, ({ length }) => length >= count)).at(-1) as Received;
  }

  /** The message at the Catch node for an input message. */
  async fail(message: object = {}, index = 0): Promise<Caught> {
    const next = this.flow.next("caught");
    this.receive(message, index);
    return (await next) as Caught;
  }

  status(
    wanted: (status: { fill?: string; shape?: string; text?: string }) => boolean,
    index = 0,
  ): Promise<NodeStatus> {
    return this.flow.status(`n${index}`, wanted);
  }
}
