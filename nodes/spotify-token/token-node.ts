import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import { SpotifyError, type Session, type SpotifyErrorCode, type Token } from "../../src";
import type { SessionUser, SpotifySessionNode } from "../spotify-session/session-node";
import { upToDate } from "../spotify-session/up-to-date";
import { AutoEmitter } from "./auto-emitter";
import { migrateToken } from "./migrate";
import { composeStatus } from "./status";
import { TokenRequester, type TokenWish } from "./token-request";

export interface TokenNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  scopes: string[];
  clientId: string;
  source: string;
  emit: "input" | "auto" | "both";
  authorizationHeader: boolean;
  /** Which form these have; 0 where it is absent. */
  version?: number;
}

export type SpotifyTokenNode = Node & SessionUser;

type TokenMessage = NodeMessageInFlow & {
  scopes?: unknown;
  clientId?: unknown;
  headers?: unknown;
  retryAfter?: number;
};

const NETWORK: ReadonlySet<SpotifyErrorCode> = new Set([
  "UNREACHABLE",
  "TIMEOUT",
  "UNTRUSTED_SERVER",
  "PROTOCOL_ERROR",
]);

/** Has a freshly created node emit tokens. */
export function makeTokenNode(RED: NodeAPI, node: SpotifyTokenNode, stored: TokenNodeProperties): void {
  const properties = upToDate(node, migrateToken(stored));
  const sessionNode = RED.nodes.getNode(properties.session) as SpotifySessionNode | null;
  const wish: TokenWish = { scopes: properties.scopes ?? [], clientId: properties.clientId ?? "best" };
  const emit = properties.emit ?? "input";
  const withHeader = properties.authorizationHeader !== false;
  let requester: TokenRequester | undefined;
  let problem: SpotifyError | undefined;
  let emitter: AutoEmitter | undefined;
  let emitterSession: Session | undefined;
  let token: Token | undefined;
  let error: SpotifyError | undefined;
  let asking = 0;
  let shown = "";

  try {
    requester = new TokenRequester(properties.source || "auto");
  } catch (cause) {
    problem = cause as SpotifyError;
  }

  /** Node-RED sends every status to every browser: the same one is not set again. */
  function showStatus(): void {
    const status = composeStatus(RED, {
      session: sessionNode?.session,
      token,
      error: problem ?? sessionNode?.problem ?? error,
      asking: asking > 0,
    });
    const key = JSON.stringify(status);
    if (key === shown) return;
    shown = key;
    node.status(status);
  }

  function succeeded(given: Token): void {
    const same = token?.expiresAt === given.expiresAt && token.clientId === given.clientId && !error;
    token = given;
    error = undefined;
    if (!same) showStatus();
  }

  async function ask(session: Session, asked: TokenWish): Promise<Token> {
    asking++;
    if (asking === 1) showStatus();
    try {
      const given = await requester!.ask(session, asked);
      token = given;
      error = undefined;
      return given;
    } catch (cause) {
      error = toError(cause);
      throw error;
    } finally {
      asking--;
      showStatus();
    }
  }

  function fill(msg: TokenMessage, given: Token): TokenMessage {
    msg.payload = given;
    if (withHeader) msg.headers = authorized(msg.headers, given);
    return msg;
  }

  function obstacle(): SpotifyError | undefined {
    if (problem) return problem;
    if (!sessionNode)
      return new SpotifyError("NOT_SIGNED_IN", "This node has no account: choose one in its dialog.");
    return sessionNode.problem;
  }

  node.sessionChanged = () => {
    const session = sessionNode?.session;
    if (emit !== "input" && session && requester && session !== emitterSession) {
      emitter?.stop();
      emitterSession = session;
      emitter = new AutoEmitter(session, {
        ask: (of) => ask(of, wish),
        emit: (given) => node.send(fill({ _msgid: RED.util.generateId() }, given)),
        report: (failure) => node.error(failure, {}),
      });
    }
    // What the network had done is over with it; what Spotify said stands until it says otherwise.
    if (session?.state === "ready" && error && NETWORK.has(error.code)) error = undefined;
    if (error?.code === "NOT_SIGNED_IN" && session && session.signIns.list().length > 0) error = undefined;
    showStatus();
  };

  node.on("input", (input, send, done) => {
    const msg = input as TokenMessage;
    if (emit === "auto") return done();
    const wrong = obstacle();
    const session = sessionNode?.session;
    if (wrong || !session) {
      done(wrong ?? new SpotifyError("CLOSED", "The account's connection is closed."));
      return;
    }
    const asked = { scopes: msg.scopes ?? wish.scopes, clientId: msg.clientId ?? wish.clientId };
    const cached = requester!.cached(session, asked);
    if (cached) {
      succeeded(cached);
      send(fill(msg, cached));
      done();
      return;
    }
    ask(session, asked).then(
      (given) => {
        send(fill(msg, given));
        done();
      },
      (failure: SpotifyError) => {
        // Of an error Node-RED hands a Catch node its message, code, stack and cause only.
        if (failure.retryAfter !== undefined) msg.retryAfter = failure.retryAfter;
        done(failure);
      },
    );
  });

  node.on("close", (done: () => void) => {
    emitter?.stop();
    if (sessionNode) sessionNode.deregister(node, done);
    else done();
  });

  if (problem) node.error(problem);
  if (sessionNode) sessionNode.register(node);
  showStatus();
}

/** `headers` with the token, and without any other form of the same header. */
function authorized(headers: unknown, token: Token): Record<string, unknown> {
  const authorization = `${token.tokenType} ${token.accessToken}`;
  if (typeof headers !== "object" || headers === null) return { Authorization: authorization };
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization");
  return { ...Object.fromEntries(others), Authorization: authorization };
}

function toError(cause: unknown): SpotifyError {
  if (cause instanceof SpotifyError) return cause;
  return new SpotifyError("PROTOCOL_ERROR", "The token could not be had, for a reason nobody foresaw.", {
    cause,
  });
}
