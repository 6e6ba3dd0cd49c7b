/** A simulator's people and apps as JSON: another one that is started with it knows them again. */
import type { Accounts, AccountOptions, IssuedToken } from "./accounts";
import type { App, Apps } from "./apps";
import type { Grant, Grants } from "./grants";

export interface Memory {
  accounts: (Required<Omit<AccountOptions, "email">> &
    Pick<AccountOptions, "email"> & { credentials: [clientId: string, base64: string][] })[];
  apps: {
    clientId: string;
    name: string;
    redirectUris: readonly string[];
    owner?: string;
    allowedScopes?: readonly string[];
  }[];
  grants: Grant[];
  /** The tokens that are still valid. */
  tokens: Record<TokenKind, IssuedToken[]>;
}

export type TokenKind = "keymaster" | "oauth" | "login5";

export interface Remembering {
  accounts: Accounts;
  apps: Apps;
  grants: Grants;
}

export function remember({ accounts, apps, grants }: Remembering): Memory {
  return {
    accounts: accounts.all().map(({ username, email, premium, keymaster, login5, credentials }) => ({
      username,
      email,
      premium,
      keymaster,
      login5,
      credentials: credentials.all().map(([clientId, data]) => [clientId, data.toString("base64")]),
    })),
    apps: apps.registered().map(describeApp),
    grants: grants.all(),
    tokens: accounts.goodTokens(),
  };
}

export function recall(memory: Memory, { accounts, apps, grants }: Remembering): void {
  for (const { credentials, ...options } of memory.accounts) {
    const account = accounts.add(options);
    for (const [clientId, data] of credentials)
      account.credentials.set(clientId, Buffer.from(data, "base64"));
  }
  for (const { owner, ...options } of memory.apps) {
    const account = owner === undefined ? undefined : accounts.get(owner);
    apps.add({ ...options, ...(account && { owner: account }) });
  }
  for (const grant of memory.grants) grants.recall(grant);
  accounts.recallTokens(memory.tokens);
}

function describeApp({ clientId, name, redirectUris, owner, allowedScopes }: App): Memory["apps"][number] {
  return {
    clientId,
    name,
    redirectUris,
    ...(owner && { owner: owner.username }),
    ...(allowedScopes && { allowedScopes }),
  };
}
