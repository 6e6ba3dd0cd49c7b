import {
  parseClientId,
  parseScopes,
  SpotifyError,
  type Session,
  type SourceChoice,
  type Token,
} from "../../src";
import type { TokenWords } from "../shared/token-words";

/** What is asked for, in the form in which the library takes it. */
export interface RequestedToken {
  scopes: readonly string[];
  /** `best`; "" for the account's; or 32 hex digits */
  clientId: string;
}

const SOURCES: ReadonlySet<string> = new Set<SourceChoice>(["auto", "keymaster", "login5", "oauth"]);

/** Asks a session for the tokens that one node wants. */
export class TokenRequester {
  readonly source: SourceChoice;
  readonly #own: { scopes: () => readonly string[]; clientId: () => string };
  readonly #ownRequest: RequestedToken | undefined;

  /** @param source as the property has it. @throws SpotifyError INVALID_ARGUMENT if it is not a source */
  constructor(own: TokenWords, source: string) {
    if (!isSource(source)) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        `This version has no token source "${source}": choose auto, keymaster, login5 or oauth.`,
      );
    }
    this.source = source;
    this.#own = {
      scopes: keep(() => parseScopes(own.scopes)),
      clientId: keep(() => readClientId(own.clientId)),
    };
    try {
      this.#ownRequest = { scopes: this.#own.scopes(), clientId: this.#own.clientId() };
    } catch {
      // Wrong properties are reported when they are used, because a message may replace them.
    }
  }

  /** Whether the node names no permissions of its own. */
  get lacksScopes(): boolean {
    return this.#ownRequest?.scopes.length === 0;
  }

  /** The client ID that the node names; undefined if it cannot be read. */
  get clientId(): string | undefined {
    return this.#ownRequest?.clientId;
  }

  /**
   * What the node asks for, unless a message says otherwise.
   * @throws SpotifyError INVALID_ARGUMENT if it is not a list of scopes or a client ID
   */
  requested(message: TokenWords = {}): RequestedToken {
    const { scopes, clientId } = message;
    // Most messages say nothing, and this is asked for each of them.
    if ((scopes ?? clientId ?? undefined) === undefined && this.#ownRequest) return this.#ownRequest;
    const said = parseScopes(scopes ?? []);
    return {
      scopes: said.length > 0 ? said : this.#own.scopes(),
      clientId: (clientId ?? undefined) === undefined ? this.#own.clientId() : readClientId(clientId),
    };
  }

  /** The token that needs no request, or undefined. */
  cached(session: Session, { scopes, clientId }: RequestedToken): Token | undefined {
    return session.tokens.cachedToken(scopes, clientIdOf(session, scopes, clientId), { source: this.source });
  }

  /** @throws SpotifyError as `getTokenWithClientId` */
  async ask(session: Session, { scopes, clientId }: RequestedToken): Promise<Token> {
    // Which apps are signed in is known once the state is read.
    if (clientId === "best") await session.tokens.ready();
    const named = clientIdOf(session, scopes, clientId);
    return session.tokens.getTokenWithClientId(scopes, named, { source: this.source });
  }
}

function isSource(source: string): source is SourceChoice {
  return SOURCES.has(source);
}

function clientIdOf(session: Session, scopes: readonly string[], clientId: string): string {
  if (clientId === "") return session.clientId;
  return clientId === "best" ? session.tokens.bestClientId(scopes) : clientId;
}

/** A client ID as a property or a message names it, in any case and with spaces around it. */
function readClientId(named: unknown): string {
  const text = typeof named === "string" ? named.trim().toLowerCase() : named;
  return text === "" || text === "best" ? text : parseClientId(text);
}

/** Calls `read` once; the result returns or throws the same each time. */
function keep<Value>(read: () => Value): () => Value {
  let outcome: () => Value;
  try {
    const value = read();
    outcome = () => value;
  } catch (error) {
    outcome = () => {
      throw error;
    };
  }
  return outcome;
}
