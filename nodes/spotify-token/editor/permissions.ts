/** Whether a token node asks for no permission at all, so that the Web API would refuse its tokens. Pure. */
import { isOwnAppId } from "../../shared/editor/client-id";

export interface PermissionProperties {
  scopes?: unknown;
  scopesType?: unknown;
  source?: unknown;
  clientId?: unknown;
}

export function lacksPermissions({ scopes, scopesType, source, clientId }: PermissionProperties): boolean {
  // Other kinds take them from elsewhere.
  if (scopesType !== undefined && scopesType !== "list") return false;
  if (Array.isArray(scopes) && scopes.length > 0) return false;
  // Without permissions, the sign-in with an app gives all that it was granted; Login5 has none to give.
  if (source === "login5" || source === "oauth") return false;
  return !(typeof clientId === "string" && isOwnAppId(clientId.trim()));
}
