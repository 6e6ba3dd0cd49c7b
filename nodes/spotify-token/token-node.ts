import type { Node, NodeAPI, NodeDef } from "node-red";
import { toSpotifyError, type Session, type SpotifyError, type Token } from "../../src";
import { runWithAccount, type AccountBehavior } from "../shared/account-behavior";
import { AccountLink } from "../shared/account-link";
import { guarded, reportError } from "../shared/guarded";
import { clearFailure, tellFailure } from "../shared/failure-fields";
import { onInput, unusable, type Send } from "../shared/on-input";
import { checkOutput } from "../shared/outlet";
import { isOver } from "../shared/passing-error";
import { ShownStatus } from "../shared/shown-status";
import type { AccountUser } from "../shared/account-node";
import { tokenWordsOf } from "../shared/token-words";
import { upToDate } from "../shared/up-to-date";
import { AutoEmitter } from "./auto-emitter";
import { migrateToken } from "./migrate";
import { composeStatus } from "./status";
import { fill, takeRefused, type TokenMessage } from "./token-message";
import { readTokenSettings, type TokenSettings } from "./token-settings";
import { TokenRequester, type RequestedToken } from "./token-request";

export interface TokenNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  scopes: string[];
  /** "list", or the kind of a typed input, whose value `scopes` is then. */
  scopesType: string;
  clientId: string;
  /** "str", or the kind of a typed input, whose value `clientId` is then. */
  clientIdType: string;
  source: string;
  emit: "input" | "auto" | "both";
  /** The property of the message that the token is put into; empty: none. */
  output: string;
  authorizationHeader: boolean;
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

export type SpotifyTokenNode = Node & AccountUser;

const FAILURE = ["retryAfter"] as const;

/** Has a freshly created node emit tokens. */
export function makeTokenNode(RED: NodeAPI, node: SpotifyTokenNode, stored: TokenNodeProperties): void {
  const properties = upToDate(node, migrateToken(stored));
  const link = new AccountLink(RED, node, properties.session);
  const behavior = new TokenNode(RED, node, link, properties);
  onInput(node, (message, send) => behavior.input(message, send));
  runWithAccount(node, link, behavior);
}

class TokenNode implements AccountBehavior {
  readonly problem: SpotifyError | undefined;
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #link: AccountLink;
  readonly #status: ShownStatus;
  readonly #settings: TokenSettings | undefined;
  /** Undefined if there is a problem, as the settings may be. */
  readonly #requester: TokenRequester | undefined;
  /** Whether what the node asks for comes from elsewhere, which takes time. */
  #isTyped = false;
  #emitter: AutoEmitter | undefined;
  #emitterSession: Session | undefined;
  /** The last token that was handed on. */
  #token: Token | undefined;
  /** What the last request failed with. */
  #error: SpotifyError | undefined;
  /** How many requests are under way. */
  #asking = 0;

  constructor(RED: NodeAPI, node: Node, link: AccountLink, properties: TokenNodeProperties) {
    this.#RED = RED;
    this.#node = node;
    this.#link = link;
    this.#status = new ShownStatus(node);
    try {
      this.#settings = readTokenSettings(properties);
      const { outlet, source, typed } = this.#settings;
      checkOutput(RED, outlet.property);
      const own = {
        ...properties,
        ...(typed.scopes && { scopes: [] }),
        ...(typed.clientId && { clientId: "best" }),
      };
      this.#requester = new TokenRequester(own, source);
      this.#isTyped = typed.scopes !== undefined || typed.clientId !== undefined;
    } catch (cause) {
      this.problem = unusable(cause);
    }
  }

  /** Answers a message, at once if there is a token already. */
  input(message: TokenMessage, send: Send): void | Promise<void> {
    if (this.#settings?.emit === "auto") return;
    clearFailure(message, FAILURE);
    try {
      return this.#answer(message, send)?.catch((cause: unknown) => {
        throw this.#failed(message, cause);
      });
    } catch (cause) {
      throw this.#failed(message, cause);
    }
  }

  accountChanged(): void {
    const { session } = this.#link.facts();
    if (session && session !== this.#emitterSession) this.#emitFrom(session);
    if (this.#error && isOver(this.#error, session)) this.#error = undefined;
    this.#showStatus();
  }

  stop(): void {
    this.#emitter?.stop();
  }

  #answer(message: TokenMessage, send: Send): void | Promise<void> {
    const refused = takeRefused(message);
    const requester = this.#requester;
    if (!requester) throw this.problem!;
    const session = this.#link.session();
    if (this.#isTyped) {
      if (refused !== undefined) session.tokens.refused(refused);
      return this.#wanted(message)
        .then((wanted) => this.#ask(session, wanted))
        .then((token) => send(this.#filled(message, token)));
    }
    const wanted = requester.requested(message);
    if (refused !== undefined) session.tokens.refused(refused);
    const cached = requester.cached(session, wanted);
    if (!cached) return this.#ask(session, wanted).then((token) => send(this.#filled(message, token)));
    const filled = this.#filled(message, cached);
    this.#succeeded(cached);
    send(filled);
  }

  /** What is asked for, if a part of it comes from elsewhere than the node. */
  async #wanted(message: TokenMessage): Promise<RequestedToken> {
    const words = await tokenWordsOf(this.#RED, this.#node, message, this.#settings!.typed);
    return this.#requester!.requested(words);
  }

  /** Sends a token without a message, and a new one before each expires, if the node is to do that. */
  #emitFrom(session: Session): void {
    const requester = this.#requester;
    if (!requester || this.#settings?.emit === "input") return;
    this.#emitter?.stop();
    this.#emitterSession = session;
    this.#emitter = new AutoEmitter(session, {
      ask: async (of) => {
        const words = this.#isTyped ? await this.#wanted({ _msgid: "" }) : requester.requested();
        return this.#ask(of, words);
      },
      emit: guarded(this.#node, (token) => {
        this.#node.send(this.#filled({ _msgid: this.#RED.util.generateId() }, token));
      }),
      report: (failure) => {
        const { retryAfter } = failure;
        reportError(this.#node, failure, retryAfter === undefined ? {} : { retryAfter });
      },
    });
  }

  async #ask(session: Session, wanted: RequestedToken): Promise<Token> {
    this.#asking++;
    if (this.#asking === 1) this.#showStatus();
    try {
      const token = await this.#requester!.ask(session, wanted);
      this.#token = token;
      this.#error = undefined;
      return token;
    } catch (cause) {
      this.#error = toSpotifyError(cause, "PROTOCOL_ERROR", "The token could not be got: unexpected error.");
      throw this.#error;
    } finally {
      this.#asking--;
      this.#showStatus();
    }
  }

  #filled(message: TokenMessage, token: Token): TokenMessage {
    return fill(this.#RED, message, token, this.#settings!.outlet);
  }

  #succeeded(token: Token): void {
    const last = this.#token;
    const isSame = last?.expiresAt === token.expiresAt && last.clientId === token.clientId && !this.#error;
    this.#token = token;
    this.#error = undefined;
    if (!isSame) this.#showStatus();
  }

  /** Remembers a failure for the status. */
  #failed(message: TokenMessage, cause: unknown): SpotifyError {
    const failure = unusable(cause);
    this.#error = failure;
    this.#showStatus();
    tellFailure(message, failure, FAILURE);
    return failure;
  }

  #showStatus(): void {
    const requester = this.#requester;
    const lacksScopes = this.#settings?.typed.scopes === undefined && requester?.lacksScopes === true;
    this.#status.show(
      composeStatus(this.#RED, {
        account: this.#link.facts(),
        problem: this.problem,
        token: this.#token,
        error: this.#error,
        asking: this.#asking > 0,
        source: requester?.source ?? "auto",
        lacksScopes,
        clientId: requester?.clientId,
      }),
    );
  }
}
