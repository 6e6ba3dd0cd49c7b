import { once, type EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Node, NodeAPI, NodeMessageInFlow, NodeStatus } from "node-red";
import helper from "node-red-node-test-helper";
import sessionNode from "../../../nodes/spotify-session/spotify-session";
import eventsNode from "../../../nodes/spotify-events/spotify-events";
import nowPlayingNode from "../../../nodes/spotify-now-playing/spotify-now-playing";
import playbackNode from "../../../nodes/spotify-playback/spotify-playback";
import requestNode from "../../../nodes/spotify-request/spotify-request";
import tokenNode from "../../../nodes/spotify-token/spotify-token";
import type { AccountNode } from "../../../nodes/shared/account-node";
import type { Account, Simulator } from "../../simulator";
import { SpotifyError, type Token } from "../../../src";
import { allSignInServices } from "../../../nodes/spotify-session/sign-in-services";
import { recorder } from "./recorder";

helper.init(require.resolve("node-red"));

export const FIVE_SCOPES = [
  "user-top-read",
  "user-read-recently-played",
  "user-read-playback-state",
  "user-modify-playback-state",
  "user-read-currently-playing",
];

export interface TokenMessage extends NodeMessageInFlow {
  payload: Token;
  headers?: Record<string, unknown>;
}

/** An error as a Catch node receives it. */
export interface CaughtMessage extends NodeMessageInFlow {
  error: { message: string; code?: string; source: { id: string } };
}

export type Definition = Record<string, unknown> & { id: string; type: string };

/** Node-RED treats a node without a position on a tab as a config node. */
const PLACE = { x: 0, y: 0 };

/** A deployed flow: one session, token nodes, events nodes, a sink after each, and a Catch node with two sinks. */
export class Flow {
  /** The key that the editor makes for a session to be signed in in its dialog; undefined if not made yet. */
  stateKey: string | undefined = "a key that the editor has made";
  /** The definitions of the last deploy. */
  definitions: Definition[] = [];
  /** Environment variables of the tab. */
  env: { name: string; type: string; value: string }[] = [];
  /** Other nodes to deploy: nodes, tabs, subflows. */
  more: Definition[] = [];
  /** Node types besides this package's, in the form in which Node-RED loads them. */
  types: ((RED: NodeAPI) => void)[] = [];
  readonly userDir = mkdtempSync(join(tmpdir(), "spotify-session-"));

  /**
   * Deploys.
   * @param tokenNodes properties of each, besides the defaults; their IDs are t0, t1, …, their sinks' s0, s1, …
   * @param eventsNodes the same; their IDs are e0, e1, …, and those of their sinks, which are recorders, r0, r1, …
   */
  async deploy(
    simulator: Simulator,
    account: Pick<Account, "credentialsJson"> | undefined,
    tokenNodes: Record<string, unknown>[],
    session: Record<string, unknown> = {},
    settings: Record<string, unknown> = {},
    eventsNodes: Record<string, unknown>[] = [],
  ): Promise<void> {
    const all: Record<string, unknown> = {
      spotifySessionEndpoints: simulator.endpoints,
      spotifySessionAccessPointKey: simulator.accessPointKey,
      userDir: this.userDir,
      ...settings,
    };
    helper.settings(all);
    const nodes: Definition[] = [
      { id: "tab", type: "tab", env: this.env },
      { id: "session", type: "spotify-session", clientId: "keymaster", followClientId: true, ...session },
      { id: "catch", type: "catch", z: "tab", ...PLACE, scope: null, wires: [["caught", "failed"]] },
      { id: "caught", type: "helper", z: "tab", ...PLACE },
      { id: "failed", type: "recorder", z: "tab", ...PLACE },
    ];
    tokenNodes.forEach((properties, i) => {
      const defaults = {
        session: "session",
        scopes: ["user-read-playback-state"],
        clientId: "best",
        source: "auto",
        emit: "input",
        authorizationHeader: true,
      };
      nodes.push(
        {
          id: `t${i}`,
          type: "spotify-token",
          z: "tab",
          ...PLACE,
          wires: [[`s${i}`]],
          ...defaults,
          ...properties,
        },
        { id: `s${i}`, type: "helper", z: "tab", ...PLACE },
      );
    });
    eventsNodes.forEach((properties, i) => {
      nodes.push(
        {
          id: `e${i}`,
          type: "spotify-events",
          z: "tab",
          ...PLACE,
          wires: [[`r${i}`]],
          session: "session",
          kinds: ["state", "client-id", "sign-in", "sign-in-expiring"],
          ...properties,
        },
        { id: `r${i}`, type: "recorder", z: "tab", ...PLACE },
      );
    });
    const { stateKey } = this;
    const credentials = {
      [typeof session["id"] === "string" ? session["id"] : "session"]: account
        ? { librespotCredentials: account.credentialsJson }
        : { stateKey },
    };
    this.definitions = nodes;
    nodes.push(...this.more);
    const types = [
      sessionNode,
      tokenNode,
      eventsNode,
      nowPlayingNode,
      playbackNode,
      requestNode,
      recorder,
      ...this.types,
    ];
    await helper.load(types, nodes, credentials);
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  get sessionNode(): AccountNode {
    return helper.getNode("session") as unknown as AccountNode;
  }

  /** Sends a message into a token node. @returns its output */
  async ask(message: Record<string, unknown> = {}, index = 0): Promise<TokenMessage> {
    const out = this.next(`s${index}`);
    this.send(message, index);
    return (await out) as TokenMessage;
  }

  /** Sends a message into a token node that must fail. @returns the message at the Catch node */
  async askInVain(message: Record<string, unknown> = {}, index = 0): Promise<CaughtMessage> {
    const out = this.next("caught");
    this.send(message, index);
    return (await out) as CaughtMessage;
  }

  send(message: Record<string, unknown>, index = 0): void {
    (this.node(`t${index}`) as unknown as { receive(msg: unknown): void }).receive(message);
  }

  async next(id: string): Promise<NodeMessageInFlow> {
    const [message] = (await once(this.node(id), "input")) as [NodeMessageInFlow];
    return message;
  }

  /** Deploys changed definitions. @param change receives each of the last definitions; undefined removes one */
  async redeploy(
    type: "full" | "flows" | "nodes",
    change: (definition: Definition) => Definition | undefined,
    added: Definition[] = [],
    credentials: Record<string, Record<string, string>> = {},
  ): Promise<void> {
    const definitions = this.definitions.map(change).filter((definition) => definition !== undefined);
    this.definitions = [...definitions, ...added];
    await helper.setFlows(this.definitions, type, credentials);
  }

  /**
   * Loads the flows anew, as Node-RED does after a pull. Only before the first `redeploy`.
   * @param isKept says what the changed file still has
   */
  async reload(isKept: (definition: Definition) => boolean): Promise<void> {
    // The test helper reads from the list that it was given.
    this.definitions.splice(0, Infinity, ...this.definitions.filter(isKept));
    const { _redNodes: nodes, _events: events } = helper as unknown as {
      _redNodes: { loadFlows(forceStart: boolean): Promise<void> };
      _events: EventEmitter;
    };
    const started = once(events, "flows:started");
    await nodes.loadFlows(true);
    await started;
  }

  /** Resolves when a node's status is as expected. */
  async status(id: string, wanted: (status: NodeStatus) => boolean): Promise<NodeStatus> {
    for (;;) {
      const node = this.node(id);
      const now = this.calls(node, "status").at(-1) as NodeStatus | undefined;
      if (now && wanted(now)) return now;
      await once(node, "call:status");
    }
  }

  /** What a node has shown or reported, oldest first. The node may be closed. */
  calls(node: Node, method: "status" | "error"): unknown[] {
    // One spy records all nodes.
    const spy = node[method] as unknown as { getCalls(): { thisValue: Node; args: unknown[] }[] };
    const own = spy.getCalls().filter(({ thisValue }) => thisValue === node);
    return own.map(({ args: [first] }) => first);
  }

  /** Resolves when the session is in this state. */
  async sessionState(wanted: string): Promise<void> {
    const session = this.sessionNode.session!;
    while (session.state !== wanted) await once(session, "state");
  }

  /** Stops the flow, like a deploy or the end of Node-RED. Files on disk stay. */
  async stop(): Promise<void> {
    await helper.unload();
  }

  async dispose(): Promise<void> {
    await this.stop();
    // Sign-ins wait for the next deploy, but there is none.
    for (const service of allSignInServices()) service.end(new SpotifyError("CLOSED", "The test is over."));
    rmSync(this.userDir, { recursive: true, force: true });
  }
}
