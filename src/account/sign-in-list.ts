import { grantEnds, type Grant } from "./grant";
import type { Grants } from "./grants";
import type { SignInKind } from "./remembered-account";
import { CLIENT_IDS } from "../core/knowledge";
import type { Account } from "./account";

/** One way in which a session is signed in. */
export interface SignIn {
  /** The ID to sign out with. */
  id: string;
  /** What was configured; a credential that Spotify handed out; or the grant of a client ID. */
  way: "configured" | "stored" | "app";
  /** How a stored credential came, if it is known. */
  by?: SignInKind | undefined;
  clientId: string | undefined;
  username: string | undefined;
  /** ms since the epoch, if known */
  since: number | undefined;
  /** When it expires; for a pairing, when its permissions expire, because its connection does not. ms since the epoch */
  until: number | undefined;
  /** Whether Spotify no longer accepts it. */
  ended: boolean;
  scopes: readonly string[];
}

/** The grant that came with the connection of one pairing, and goes with it; undefined if there is none. */
export function pairedGrant(account: Account, grants: Grants): Grant | undefined {
  const isPaired = account.isRemembered && !account.configured && account.signedInBy === "pairing";
  return isPaired ? grants.get(CLIENT_IDS.keymaster) : undefined;
}

/** The ways in which an account is signed in now: each sign-in that a person made is one. */
export function listSignIns(account: Account, grants: Grants): SignIn[] {
  const list: SignIn[] = [];
  const credential = { clientId: undefined, until: undefined, ended: false, scopes: [] };
  if (account.configured) {
    const { username } = account.configured;
    list.push({ id: "configured", way: "configured", username, since: undefined, ...credential });
  }
  const paired = pairedGrant(account, grants);
  if (account.isRemembered && !account.configured) {
    const { signedInBy: by, username, rememberedSince: since } = account;
    const permissions = paired && {
      clientId: paired.clientId,
      until: paired.endedAt ?? grantEnds(paired),
      scopes: paired.scopes,
    };
    list.push({ id: "stored", way: "stored", by, username, since, ...credential, ...permissions });
  }
  for (const grant of grants.all()) if (grant !== paired) list.push(appSignIn(grant));
  return list;
}

function appSignIn(grant: Grant): SignIn {
  return {
    id: grant.clientId,
    way: "app",
    clientId: grant.clientId,
    username: grant.username,
    since: grant.authorizedAt,
    until: grantEnds(grant),
    ended: grant.endedAt !== undefined,
    scopes: grant.scopes,
  };
}
