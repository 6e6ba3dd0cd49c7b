import type { SpotifyError } from "../core/errors";
import type { CurrentClientId } from "../core/client-id";
import { CLIENT_IDS, isSpotifysOwn, reportedlyRefused } from "../core/knowledge";
import type { KnownRefusals } from "./known-refusals";
import { Router, type Explanation, type SourceChoice } from "./routing";
import type { TokenSource } from "../core/token";
import type { GrantSource } from "./grant-source";
import type { Ask } from "./under-way";
import type { WebApiAccess } from "./web-api-access";

/** The sources there are, and what stands between them and the account. */
export interface RoutesOptions {
  current: CurrentClientId;
  keymaster: TokenSource;
  login5: TokenSource;
  oauth: GrantSource;
  /** Why the account can be given no token, if that is so. */
  obstacle(): SpotifyError | undefined;
  /** A connection to an access point is needed from now on. */
  wake(): void;
}

/** Takes the source that the Router has decided on, and the client ID that `best` stands for. */
export class Routes {
  readonly #options: RoutesOptions;
  readonly #refusals: KnownRefusals;
  readonly #webApi: WebApiAccess;
  readonly #router: Router;

  constructor(options: RoutesOptions, refusals: KnownRefusals, webApi: WebApiAccess) {
    this.#options = options;
    this.#refusals = refusals;
    this.#webApi = webApi;
    const { oauth } = options;
    this.#router = new Router({
      grant: (clientId) => oauth.grant(clientId),
      appRefusal: (clientId) => oauth.refusal(clientId),
      appFor: (scopes) => oauth.appFor(scopes),
      obstacle: () => options.obstacle()?.code,
      keymasterRefusal: (clientId, scopes) => refusals.find("keymaster", clientId, scopes),
      login5Refusal: (clientId) => refusals.find("login5", clientId, []),
      webApiRefusal: (source, clientId) => webApi.refusal(source, clientId),
    });
  }

  /** Where a token would come from, and why not from elsewhere. */
  explain(scopes: readonly string[], clientId: string, choice: SourceChoice): Explanation {
    return this.#router.explain(scopes, clientId, choice);
  }

  /** Where a token is to come from. Where none will give it: the source that says why. */
  sourceFor(scopes: readonly string[], clientId: string, choice: SourceChoice): TokenSource {
    if (choice !== "auto") return this.#options[choice];
    const { source } = this.#router.explain(scopes, clientId, choice);
    if (source !== undefined) return this.#options[source];
    const { oauth, keymaster, login5 } = this.#options;
    const grant = oauth.grant(clientId);
    // The sign-in with an app lacks a scope or is over, or its owner has lost Premium: the user can mend that. Pairing
    // asks for all scopes there are, so another pairing only helps if there is nothing else.
    const canMend = grant && (!isSpotifysOwn(clientId) || this.#options.obstacle()?.code === "NOT_SIGNED_IN");
    if (canMend) return oauth;
    return scopes.length > 0 ? keymaster : login5;
  }

  /** @throws SpotifyError: why asking could only fail */
  throwIfHopeless({ source, scopes, clientId }: Ask): void {
    this.#refusals.checkPause(source.name, clientId, scopes);
    // A grant needs no access point session, and no refusal of another source touches it.
    if (source.name === "oauth") return;
    const obstacle = this.#options.obstacle();
    if (obstacle) throw obstacle;
    this.#refusals.check(source.name, clientId, scopes, this.#options.current);
    if (source.name === "keymaster") this.#options.wake();
  }

  /** The client ID that `best` stands for, as `TokenProvider.bestClientId` says. */
  bestClientId(scopes: readonly string[]): string {
    const { oauth, obstacle } = this.#options;
    const app = oauth.appFor(scopes);
    if (app !== undefined && !isSpotifysOwn(app)) return app;
    // Nothing but apps is signed in: the one that should serve says why it does not. Looked for first, as the other question
    // costs more, and this is asked with every message.
    const refusedApp = app ?? oauth.appFor(scopes, true);
    if (refusedApp !== undefined && app === undefined && obstacle()?.code === "NOT_SIGNED_IN")
      return refusedApp;
    const spotifys = app ?? this.#withoutGrant(scopes);
    if (this.#webApi.takes(spotifys)) return spotifys;
    const lacking = oauth.ownApp();
    return lacking !== undefined && reportedlyRefused(lacking, scopes).length === 0 ? lacking : spotifys;
  }

  /** The session's client ID, or KEYMASTER if that one is refused the scopes. */
  #withoutGrant(scopes: readonly string[]): string {
    const { clientId } = this.#options.current;
    const refused =
      reportedlyRefused(clientId, scopes).length > 0 || this.#refusals.hasRefusedScopes(clientId, scopes);
    return refused ? CLIENT_IDS.keymaster : clientId;
  }
}
