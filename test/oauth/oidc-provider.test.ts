/**
 * An OAuth server of another project: the npm package `oidc-provider`, with PKCE, device flow and rotation. It does not
 * share any misunderstanding that the simulator and this library may have in common.
 */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { Authorization } from "../../src/oauth/authorization";
import { DevicePairing } from "../../src/oauth/device-pairing";
import { parseGrants } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { TokenEndpoint, type OAuthRefusal, type OAuthTokens } from "../../src/oauth/token-endpoint";
import type { StateStore } from "../../src/store/store";
import { AppCheck } from "../../src/tokens/app-check";
import { OAuth } from "../../src/tokens/oauth";
import { failureOf } from "../support/failure";
import { ALONE } from "../support/alone";
import { OidcBrowser } from "../support/oidc-browser";
import { REDIRECT_URI } from "../support/own-app";
import { sliceOf } from "../support/slice";

const CLIENT_ID = "0123456789abcdef0123456789abcdef";
const CODE_ONLY = "f".repeat(32);
const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];
const NEVER = new AbortController().signal;

interface OidcProvider {
  callback(): RequestListener;
}
type OidcModule = { default: new (issuer: string, configuration: object) => OidcProvider };

const common = {
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: "none",
  application_type: "native",
  response_types: ["code"],
};

const CONFIGURATION = {
  clients: [
    {
      ...common,
      client_id: CLIENT_ID,
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    },
    { ...common, client_id: CODE_ONLY, grant_types: ["authorization_code", "refresh_token"] },
  ],
  // At the paths that Spotify uses.
  routes: {
    authorization: "/authorize",
    token: "/api/token",
    device_authorization: "/oauth2/device/authorize",
    code_verification: "/pair",
  },
  scopes: SCOPES,
  pkce: { required: () => true },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  rotateRefreshToken: true,
  issueRefreshToken: () => Promise.resolve(true),
  ttl: {
    AccessToken: 3600,
    RefreshToken: 86_400,
    Grant: 86_400,
    DeviceCode: 600,
    Session: 3600,
    Interaction: 3600,
  },
  cookies: { keys: ["a key of this test"] },
};

describe("a standard OAuth server (oidc-provider)", function () {
  this.timeout(30_000);
  const server = createServer();
  const http = new HttpClient();
  const guard = new RateLimitGuard(() => undefined);
  let accounts: string;
  let endpoint: TokenEndpoint;

  before(async () => {
    // With a name that the compiler does not look up, because the package has no types.
    const name: string = "oidc-provider";
    const oidc = (await import(name)) as OidcModule;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    accounts = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", new oidc.default(accounts, CONFIGURATION).callback());
    endpoint = new TokenEndpoint(http, guard, accounts);
  });
  after(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });

  const begin = (scopes: readonly string[] = SCOPES, clientId = CLIENT_ID): Authorization =>
    new Authorization({ accounts, clientId, redirectUri: REDIRECT_URI, scopes });

  const agree = (authorization: Authorization): Promise<string> =>
    new OidcBrowser().open(authorization.url, { redirectUri: REDIRECT_URI });

  async function signIn(): Promise<OAuthTokens> {
    const authorization = begin();
    return authorization.finish(await agree(authorization), endpoint);
  }

  async function oauthOf(tokens: OAuthTokens): Promise<{ oauth: OAuth; grants: Grants; disk: string[] }> {
    const disk: string[] = [];
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: (document) => Promise.resolve(void disk.push(JSON.stringify(document))),
    };
    const grants = new Grants(sliceOf("grants", parseGrants, store));
    await grants.add({
      clientId: CLIENT_ID,
      refreshToken: tokens.refreshToken!,
      scopes: [...SCOPES],
      authorizedAt: Date.now(),
      username: "mira",
    });
    // The app's data from a Web API, which this provider does not have.
    const apps = new AppCheck(
      { usernameOf: () => Promise.resolve("mira") },
      { checked: () => Promise.resolve() },
    );
    return { oauth: new OAuth(grants, endpoint, apps, ALONE), grants, disk };
  }

  it("accepts our authorization code with PKCE", async () => {
    const tokens = await signIn();
    assert.deepEqual(tokens.scopes?.toSorted(), SCOPES.toSorted());
    assert.equal(tokens.lifetime, 3600);
    assert.ok(tokens.refreshToken);
    assert.notEqual((await signIn()).accessToken, tokens.accessToken);
  });

  it("refuses a code of another sign-in, because the verifier does not match", async () => {
    const [mine, other] = [begin(), begin()];
    const code = new URL(await agree(other)).searchParams.get("code")!;
    const query = new URLSearchParams({ code, state: mine.state });
    await failureOf(mine.finish(`${REDIRECT_URI}?${query.toString()}`, endpoint), "SIGN_IN_EXPIRED");
  });

  it("reports that the user has cancelled", async () => {
    const authorization = begin();
    const address = await new OidcBrowser().open(authorization.url, {
      agrees: false,
      redirectUri: REDIRECT_URI,
    });
    assert.equal(new URL(address).searchParams.get("error"), "access_denied");
    await failureOf(authorization.finish(address, endpoint), "NOT_SIGNED_IN");
  });

  it("pairs, and accepts our polls", async () => {
    const pairing = await DevicePairing.begin({ http, guard, endpoint, accounts }, CLIENT_ID, SCOPES);
    assert.ok(pairing.code.verificationUri.startsWith(accounts));
    await new OidcBrowser().open(pairing.code.verificationUriComplete!);
    const tokens = await pairing.wait(NEVER);
    assert.ok(tokens.refreshToken);
    assert.deepEqual(tokens.scopes?.toSorted(), SCOPES.toSorted());
  });

  it("reports that the user has cancelled a pairing", async () => {
    const pairing = await DevicePairing.begin({ http, guard, endpoint, accounts }, CLIENT_ID, SCOPES);
    await new OidcBrowser().open(pairing.code.verificationUriComplete!, { agrees: false });
    const error = await failureOf(pairing.wait(NEVER), "NOT_SIGNED_IN");
    assert.equal((error as OAuthRefusal).error, "access_denied");
  });

  it("refuses to pair a client without permission, and an unknown one", async () => {
    const parts = { http, guard, endpoint, accounts };
    // This server says invalid_request when Spotify says unauthorized_client.
    await failureOf(DevicePairing.begin(parts, CODE_ONLY, SCOPES), "PROTOCOL_ERROR");
    await failureOf(DevicePairing.begin(parts, "0".repeat(32), SCOPES), "INVALID_CLIENT");
  });

  it("rotates the refresh token with every refresh, and we always use the newest", async () => {
    const { oauth, grants, disk } = await oauthOf(await signIn());
    const used = new Set<string>();
    for (let i = 0; i < 20; i++) {
      used.add(grants.get(CLIENT_ID)!.refreshToken);
      const minted = await Promise.all(SCOPES.map((scope) => oauth.mint([scope], CLIENT_ID, NEVER)));
      assert.equal(minted[0]!.accessToken, minted[1]!.accessToken, "one refresh for both");
      assert.ok(disk.at(-1)!.includes(grants.get(CLIENT_ID)!.refreshToken));
    }
    assert.equal(used.size, 20);
  });

  it("ends a sign-in whose old refresh token is used again, and we report it once and for all", async () => {
    const tokens = await signIn();
    const { oauth } = await oauthOf(tokens);
    await oauth.mint(SCOPES, CLIENT_ID, NEVER);
    const { oauth: thief } = await oauthOf(tokens);
    await failureOf(thief.mint(SCOPES, CLIENT_ID, NEVER), "SIGN_IN_EXPIRED");
    await failureOf(oauth.mint(SCOPES, CLIENT_ID, NEVER), "SIGN_IN_EXPIRED");
    await failureOf(oauth.mint(SCOPES, CLIENT_ID, NEVER), "SIGN_IN_EXPIRED");
  });
});
