/** POST /api/token: three kinds of grant become tokens. Sources: RFC 6749, 4.1.3, 5 and 6; RFC 8628, 3.4. */
import { CLIENT_IDS } from "../../../src/core/knowledge";
import type { Apps } from "../world/apps";
import type { AuthorizationCodes } from "./authorization-codes";
import type { DevicePairing } from "./device-pairing";
import type { Grant, Grants } from "../world/grants";
import { OAuthError, type Parameters } from "./oauth";

export const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export interface TokenEndpointParts {
  apps: Apps;
  codes: AuthorizationCodes;
  grants: Grants;
  pairing: DevicePairing;
  /** Called when a refresh token is used that was already rotated. */
  reused: () => void;
}

/**
 * The fields of a success. Spotify's own apps are told the username in the code flow, and nowhere else: go-librespot reads it
 * there (session/session.go), and says that the device flow has none.
 */
interface TokenAnswer {
  username?: string;
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  scope: string;
  refresh_token?: string;
}

/** @throws OAuthError */
export function exchange(form: Parameters, parts: TokenEndpointParts): TokenAnswer {
  const { apps, codes, grants, pairing } = parts;
  const grantType = form.get("grant_type");
  if (grantType === undefined) {
    throw new OAuthError("unsupported_grant_type", "grant_type parameter is missing");
  }
  const clientId = form.need("client_id");
  if (apps.get(clientId) === undefined) throw new OAuthError("invalid_client", "Invalid client");

  switch (grantType) {
    case "authorization_code": {
      const grant = codes.redeem({
        code: form.need("code"),
        clientId,
        redirectUri: form.need("redirect_uri"),
        codeVerifier: form.need("code_verifier"),
      });
      const isSpotifys = Object.values<string>(CLIENT_IDS).includes(clientId);
      return {
        ...answer(grants, grant, grant.refreshToken),
        ...(isSpotifys && { username: grant.username }),
      };
    }
    case "refresh_token": {
      const scopes = form.get("scope") === undefined ? undefined : form.scopes;
      const { grant, refreshToken } = grants.refresh(
        form.need("refresh_token"),
        clientId,
        scopes,
        parts.reused,
      );
      return answer(grants, grant, refreshToken, scopes);
    }
    case DEVICE_CODE_GRANT: {
      const grant = grants.begin(pairing.poll(form.need("device_code"), clientId));
      return answer(grants, grant, grant.refreshToken);
    }
    default:
      throw new OAuthError("unsupported_grant_type", `grant_type ${grantType} is not supported`);
  }
}

function answer(
  grants: Grants,
  grant: Grant,
  refreshToken: string | undefined,
  scopes?: readonly string[],
): TokenAnswer {
  const token = grants.mintAccessToken(grant, scopes);
  return {
    access_token: token.accessToken,
    token_type: "Bearer",
    expires_in: Math.floor((token.expiresAt - Date.now()) / 1000),
    scope: token.scopes.join(" "),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
}
