import {
  CLIENT_IDS,
  parseClientId,
  parseScopes,
  SpotifyError,
  type Session,
  type SourceChoice,
  type Token,
} from "../../src";

/** What a node asks for: its properties, or what a message says in their place. */
export interface TokenWish {
  /** A list, or a text with commas or spaces. */
  scopes: unknown;
  /** `best`; "" for the session's; or keymaster, android, ios, 32 hex digits */
  clientId: unknown;
}

const SOURCES: ReadonlySet<string> = new Set<SourceChoice>(["auto", "keymaster", "login5", "oauth"]);

/** Asks a session for the tokens that one node wants. */
export class TokenRequester {
  readonly #source: SourceChoice;

  /** @param source as the property has it. @throws SpotifyError INVALID_ARGUMENT for what is none */
  constructor(source: string) {
    if (!isSource(source)) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        `This version has no token source "${source}": choose auto, keymaster, login5 or oauth.`,
      );
    }
    this.#source = source;
  }

  /** The token that needs no request, or undefined. Never throws. */
  cached(session: Session, { scopes, clientId }: TokenWish): Token | undefined {
    if (!Array.isArray(scopes)) return undefined;
    const list = scopes as readonly string[];
    if (typeof clientId !== "string") return undefined;
    return session.tokens.cachedToken(list, clientIdOf(session, list, clientId), { source: this.#source });
  }

  /** @throws SpotifyError as `getTokenWithClientId` */
  async ask(session: Session, { scopes, clientId }: TokenWish): Promise<Token> {
    const options = { source: this.#source };
    const list = parseScopes(scopes);
    // Which apps are signed in is known once the state is read.
    if (clientId === "best") await session.tokens.ready();
    if (clientId === "") return session.tokens.getToken(list, options);
    const named = clientId === "best" ? session.tokens.bestClientId(list) : parseClientId(clientId);
    return session.tokens.getTokenWithClientId(list, named, options);
  }
}

function isSource(source: string): source is SourceChoice {
  return SOURCES.has(source);
}

function clientIdOf(session: Session, scopes: readonly string[], clientId: string): string {
  if (clientId === "") return session.clientId;
  if (clientId === "best") return session.tokens.bestClientId(scopes);
  return (CLIENT_IDS as Record<string, string>)[clientId] ?? clientId;
}
