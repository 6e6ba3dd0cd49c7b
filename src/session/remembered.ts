import type { Account } from "../account/account";
import type { RememberedTokens } from "../tokens/provider-options";
import type { Slices } from "./slices";

/** The remembered tokens of those who are signed in, and what keymaster and the Web API answered the account. */
export function rememberedTokens(slices: Slices, account: Account): RememberedTokens {
  // A token of an own app lives and dies with the app's grant; any other with the account that is logged in.
  const tokens = slices.tokens.value.filter((token) => {
    const { source, clientId } = (token ?? {}) as { source?: unknown; clientId?: unknown };
    if (source !== "oauth") return account.isRemembered;
    return slices.grants.value.some((grant) => grant.clientId === clientId);
  });
  return { tokens, keymaster: slices.keymaster.value, webApi: slices.webApi.value };
}

/** Signs out everywhere and forgets all but the port. Resolves when storing that was tried. */
export async function forgetAll(slices: Slices, account: Account): Promise<void> {
  const lists = [slices.tokens, slices.grants, slices.rateLimits, slices.webApi];
  const single = [slices.accessPoints, slices.clientToken, slices.keymaster, slices.deviceId];
  await Promise.all([
    account.signOut(),
    ...lists.map((slice) => slice.set([])),
    ...single.map((slice) => slice.set(undefined)),
  ]);
}
