/** What to say of a token that the Web API refuses. Pure. */
import type { WebApiRefusal } from "../../../../src/tokens/web-api-access";
import { clientIdKey } from "../client-id";
import type { Wording } from "./words";

/** @param clientId whose token it is: one of Spotify's own, 32 hex digits */
export function webApiHeadline(
  { known, since, checkedAt }: WebApiRefusal,
  clientId: string,
  { translate, when, month }: Wording,
): string {
  if (known === "login5") return translate("explain.login5");
  const app = translate(`explain.internal.app.${clientIdKey(clientId)}`);
  if (known === "assumed" || since === undefined) return translate("explain.internal.assumed", { app });
  if (known === "reported" || checkedAt === undefined) {
    return translate("explain.internal.reported", { app, since: month(since) });
  }
  return translate("explain.internal.asked", { app, since: month(since), checked: when(checkedAt) });
}
