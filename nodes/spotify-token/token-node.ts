import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  toSpotifyError,
  type Session,
  type SpotifyError,
  type SpotifyErrorCode,
  type Token,
} from "../../src";
import { AccountLink } from "../shared/account-link";
import { guarded, reportError } from "../shared/guarded";
import { onInput, unusable, type Send } from "../shared/on-input";
import { ShownStatus } from "../shared/shown-status";
import type { AccountUser } from "../shared/account-node";
import { upToDate } from "../shared/up-to-date";
import { AutoEmitter } from "./auto-emitter";
import { migrateToken } from "./migrate";
import { composeStatus } from "./status";
import { checkOutlet, fill, takeRefused, type TokenMessage } from "./token-message";
import { readTokenSettings, type TokenSettings } from "./token-settings";
import { TokenRequester, type TokenWish } from "./token-request";

export interface TokenNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  scopes: string[];
  /** Whether the permissions come in `msg.scopes`: then it is no fault that the node has none. */
  scopesFromMessage: boolean;
  clientId: string;
  source: string;
  emit: "input" | "auto" | "both";
  /** The property of the message that the token is put into; empty: none. */
  output: string;
  authorizationHeader: boolean;
  /** Which form these have; 0 where it is absent. */
  version?: number;
}

export type SpotifyTokenNode = Node & AccountUser;

const NETWORK: ReadonlySet<SpotifyErrorCode> = new Set([
  "UNREACHABLE",
  "TIMEOUT",
  "UNTRUSTED_SERVER",
  "PROTOCOL_ERROR",
]);

/** Has a freshly created node emit tokens. */
export function makeTokenNode(RED: NodeAPI, node: SpotifyTokenNode, stored: TokenNodeProperties): void {
  const properties = upToDate(node, migrateToken(stored));
  const link = new AccountLink(RED, node, properties.session);
  const status = new ShownStatus(node);
  let settings: TokenSettings | undefined;
  let requester: TokenRequester | undefined;
  let problem: SpotifyError | undefined;
  let emitter: AutoEmitter | undefined;
  let emitterSession: Session | undefined;
  let token: Token | undefined;
  let error: SpotifyError | undefined;
  let asking = 0;

  try {
    settings = readTokenSettings(properties);
    checkOutlet(RED, settings.outlet);
    requester = new TokenRequester(properties, settings.source);
  } catch (cause) {
    problem = unusable(cause);
  }

  function showStatus(): void {
    const lacksScopes = settings?.scopesFromMessage === false && requester?.lacksScopes === true;
    status.show(
      composeStatus(RED, {
        account: link.facts(),
        problem,
        token,
        error,
        asking: asking > 0,
        source: requester?.source ?? "auto",
        lacksScopes,
        clientId: requester?.clientId,
      }),
    );
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
      error = toSpotifyError(cause, "PROTOCOL_ERROR", "The token could not be got: unexpected error.");
      throw error;
    } finally {
      asking--;
      showStatus();
    }
  }

  const filled = (msg: TokenMessage, given: Token): TokenMessage => fill(RED, msg, given, settings!.outlet);

  /** Answers a message, at once if there is a token already. */
  function answer(msg: TokenMessage, send: Send): void | Promise<void> {
    const refused = takeRefused(msg);
    if (problem || !requester) throw problem!;
    const session = link.session();
    const asked = requester.wish(msg);
    if (refused !== undefined) session.tokens.refused(refused);
    const cached = requester.cached(session, asked);
    if (!cached) return ask(session, asked).then((given) => send(filled(msg, given)));
    const full = filled(msg, cached);
    succeeded(cached);
    send(full);
  }

  /** Remembers a failure for the status. Node-RED gives a Catch node no more of an error than its message and code. */
  function failed(msg: TokenMessage, cause: unknown): SpotifyError {
    const failure = unusable(cause);
    error = failure;
    showStatus();
    if (failure.retryAfter !== undefined) Reflect.set(msg, "retryAfter", failure.retryAfter);
    return failure;
  }

  node.accountChanged = () => {
    const { session } = link.facts();
    if (settings && settings.emit !== "input" && session && requester && session !== emitterSession) {
      emitter?.stop();
      emitterSession = session;
      emitter = new AutoEmitter(session, {
        ask: (of) => ask(of, requester.wish()),
        emit: guarded(node, (given) => node.send(filled({ _msgid: RED.util.generateId() }, given))),
        report: (failure) => {
          const { retryAfter } = failure;
          reportError(node, failure, retryAfter === undefined ? {} : { retryAfter });
        },
      });
    }
    // What the network had done is over with it; what Spotify said stands until it says otherwise.
    if (session?.state === "ready" && error && NETWORK.has(error.code)) error = undefined;
    if (error?.code === "NOT_SIGNED_IN" && session && session.signIns.list().length > 0) error = undefined;
    showStatus();
  };

  onInput(node, (message, send) => {
    if (settings?.emit === "auto") return;
    const msg = message as TokenMessage;
    // Of an earlier failure: a flow that waits for it would wait again.
    if ("retryAfter" in msg) Reflect.deleteProperty(msg, "retryAfter");
    try {
      return answer(msg, send)?.catch((cause: unknown) => {
        throw failed(msg, cause);
      });
    } catch (cause) {
      throw failed(msg, cause);
    }
  });

  node.on("close", (done: () => void) => {
    emitter?.stop();
    link.close(done);
  });

  if (problem) node.error(problem);
  link.open();
  showStatus();
}
