/** The people of a household: they sign the account in and out, in the editor of one Node-RED or another. */
import type { SignIn } from "../../src/account/sign-in-list";
import type { SimulatedSpotify } from "../../scripts/simulated-spotify";
import { SCOPES } from "./flow";
import type { Member } from "./member";

/** ID of the sign-in that a pairing creates. */
export const PAIRED = "stored";

export class People {
  readonly #spotify: SimulatedSpotify;

  constructor(spotify: SimulatedSpotify) {
    this.#spotify = spotify;
  }

  /** Pairs with a code. @throws an Error if this fails */
  async pair(member: Member): Promise<void> {
    const { simulator, account } = this.#spotify;
    const { admin } = member;
    const { id, userCode } = answered(await admin.ask("POST", "pairing", {}));
    simulator.pair(userCode!, account);
    const { state, error } = await admin.outcome(`pairing/${id}`);
    if (state !== "done") throw new Error(`The pairing on ${member.name} ${state}: ${error?.message}`);
  }

  /** Signs in with the user's own app. @throws an Error if this fails */
  async signIn(member: Member, clientId: string): Promise<void> {
    const { simulator, account } = this.#spotify;
    const { admin } = member;
    const redirectUri = new URL("spotify-session/callback", member.url).href;
    const { id, url } = answered(
      await admin.ask("POST", "authorization", { clientId, scopes: SCOPES, redirectUri }),
    );
    // The page belongs to Spotify: a browser does not use the relay of the Node-RED.
    const { pathname, search } = new URL(url!);
    const address = await simulator.approve(simulator.endpoints.accounts + pathname + search, account);
    answered(await admin.ask("POST", `authorization/${id}/callback`, { address }));
  }

  /** @param id a client ID, or `PAIRED` @throws an Error if this fails */
  async signOut(member: Member, id: string): Promise<void> {
    answered(await member.admin.ask("POST", "sign-out", { id }));
  }

  signIns(member: Member): Promise<SignIn[]> {
    return member.admin.signIns();
  }
}

/** The body of an answer. @throws an Error if Node-RED refused */
function answered({ status, text }: { status: number; text: string }): Record<string, string> {
  if (status !== 200) throw new Error(`Node-RED answered ${status}: ${text}`);
  return JSON.parse(text) as Record<string, string>;
}
