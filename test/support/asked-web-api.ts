import { CLIENT_IDS } from "../../src";
import { WebApiAccess } from "../../src/tokens/web-api-access";

/** What a session knows of the Web API, with a Web API that answers as a test says. */
export class AskedWebApi {
  answer: (signal: AbortSignal) => Promise<boolean | undefined> = () => Promise.resolve(true);
  /** The access tokens with which it was asked. */
  readonly asked: string[] = [];
  /** The valid tokens, by client ID. */
  readonly tokens = new Map<string, string>(
    Object.values(CLIENT_IDS).map((clientId) => [clientId, `token of ${clientId}`]),
  );
  /** The lists that were stored, in their order. */
  readonly kept: (readonly unknown[])[] = [];
  /** The client IDs of which a change was told. */
  readonly changed: string[] = [];

  readonly access = new WebApiAccess({
    ask: (accessToken, signal) => {
      this.asked.push(accessToken);
      return this.answer(signal);
    },
    tokenOf: (clientId) => this.tokens.get(clientId),
    keep: (change) => this.kept.push(change(this.kept.at(-1) ?? [])),
    changed: (clientId) => this.changed.push(clientId),
  });
}
