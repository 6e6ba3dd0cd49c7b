import { CLIENT_IDS, reportedlyRefused } from "../core/knowledge";
import type { TokenSourceName } from "../core/token";
import { decide, type Decision, type TokenRequest } from "./decide";
import type { Explanation } from "./explanation";
import type { TokenPoolOptions } from "./pool-options";
import type { RefusalMemory } from "./refusal-memory";
import type { WebApiAccess } from "./web-api-access";

/** Gathers the situation for `decide`, and chooses the client ID that `best` stands for. */
export class Decisions {
  constructor(
    private readonly options: TokenPoolOptions,
    private readonly refusals: RefusalMemory,
    private readonly webApi: WebApiAccess,
  ) {}

  decide(request: TokenRequest): Decision {
    const { clientId, scopes } = request;
    const { current, account, sources } = this.options;
    const refusals = this.refusals;
    const pauseOf = (source: TokenSourceName) => refusals.pause(source, clientId, scopes);
    const situation = {
      now: Date.now(),
      current,
      grant: sources.oauth.grant(clientId),
      isHeldBack: sources.oauth.isHeldBack(clientId),
      appRefusal: sources.oauth.refusal(clientId),
      whyNoToken: account.whyNoToken(),
      refusals: {
        keymaster: refusals.refusal("keymaster", clientId, scopes),
        login5: refusals.refusal("login5", clientId, scopes),
      },
      pauses: { oauth: pauseOf("oauth"), keymaster: pauseOf("keymaster"), login5: pauseOf("login5") },
    };
    return decide(situation, request);
  }

  /** Where a token would come from, and why not from elsewhere. */
  explain(request: TokenRequest): Explanation {
    const { clientId, scopes } = request;
    const { verdicts } = this.decide(request);
    const source = verdicts.find(({ taken }) => taken)?.source;
    const app = this.options.sources.oauth.appFor(scopes);
    const webApi = source && this.webApi.refusal(source, clientId);
    return {
      clientId,
      scopes: [...scopes],
      source,
      audience: source && (webApi ? "spotify-internal" : "web-api"),
      webApi,
      sources: verdicts,
      otherApp: app === clientId || scopes.length === 0 ? undefined : app,
    };
  }

  /**
   * The source of a token without scopes, as `decide` chooses it, if that can be said at once. This is asked for every
   * token without scopes.
   */
  sourceWithoutScopes(clientId: string): TokenSourceName | undefined {
    const { oauth } = this.options.sources;
    const grant = oauth.grant(clientId);
    if (!grant) return "login5";
    const serves = grant.endedAt === undefined && !oauth.isHeldBack(clientId) && !oauth.refusal(clientId);
    return serves ? "oauth" : undefined;
  }

  /** The client ID that `best` stands for, as `TokenProvider.bestClientId` says. */
  bestClientId(scopes: readonly string[]): string {
    const { account, sources } = this.options;
    const { oauth } = sources;
    const app = oauth.appFor(scopes);
    if (app === undefined) {
      // If only apps are signed in, the refused one that covers the scopes says in its error what to do. Asked first,
      // because `whyNoToken` costs more, and this is asked with every message.
      const refusedApp = oauth.appFor(scopes, true);
      if (refusedApp !== undefined && account.whyNoToken()?.code === "NOT_SIGNED_IN") return refusedApp;
    }
    const best = app ?? this.#withoutGrant(scopes);
    // It takes every own app.
    if (this.webApi.takes(best)) return best;
    const ownApp = oauth.ownApp();
    return ownApp !== undefined && reportedlyRefused(ownApp, scopes).length === 0 ? ownApp : best;
  }

  /** The session's client ID, or KEYMASTER if that one is refused the scopes. */
  #withoutGrant(scopes: readonly string[]): string {
    const { clientId } = this.options.current;
    const refused =
      reportedlyRefused(clientId, scopes).length > 0 || this.refusals.hasRefusedScopes(clientId, scopes);
    return refused ? CLIENT_IDS.keymaster : clientId;
  }
}
