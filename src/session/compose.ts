import { Connector } from "../access-point/connector";
import { accessPointKey } from "../access-point/server-key";
import { ServerList } from "../access-point/server-list";
import { Account } from "../account/account";
import { AccountChanges } from "../account/account-changes";
import { AccountLogin } from "../account/account-login";
import { CredentialSignIn } from "../account/credential-sign-in";
import { FileSignIn } from "../account/file-sign-in";
import { Grants } from "../account/grants";
import { OwnAppSignIn } from "../account/own-app-sign-in";
import { PairingSignIn } from "../account/pairing-sign-in";
import { SignIns } from "../account/sign-ins";
import { SignOut } from "../account/sign-out";
import { TapGate } from "../account/tap-gate";
import { TapSignIn } from "../account/tap-sign-in";
import { WhoseAccount } from "../account/whose-account";
import { limitedLog, limitedLogs, type Log } from "../async/limited-log";
import { ConnectState } from "../connect-state/connect-state";
import { Follower } from "../connect-state/follower";
import { parseClientId, platformClientId } from "../core/client-id";
import { resolveEndpoints } from "../core/endpoints";
import { isSpotifysOwn } from "../core/knowledge";
import { ClientToken } from "../login5/client-token";
import { Login5 } from "../login5/login5";
import { MercuryChannel } from "../mercury/channel";
import { Mercury } from "../mercury/mercury";
import { HttpClient } from "../net/client";
import { mergedLimits, RateLimitGuard } from "../net/rate-limit-guard";
import { TokenEndpoint } from "../oauth/token-endpoint";
import { NameLookup } from "../player/name-lookup";
import { NowPlaying } from "../player/now-playing";
import { READ_PLAYBACK, WebApiPoller } from "../player/web-api-poller";
import { OwnPlaylists } from "../playlists/own-playlists";
import { READ_PLAYLISTS } from "../playlists/web-api-playlists";
import { ApiRequests } from "../requests/api-requests";
import { Spclient } from "../spclient/spclient";
import { StateKeeper } from "../store/keeper";
import { DocumentStore } from "../store/document-store";
import { MemoryStateStore } from "../store/store";
import { AppCheck } from "../tokens/app-check";
import { InternalToken } from "../tokens/internal-token";
import { Keymaster } from "../tokens/keymaster";
import { OAuth } from "../tokens/oauth";
import { OwnAppToken } from "../tokens/own-app-token";
import { TokenPool } from "../tokens/pool";
import { TokenProvider } from "../tokens/provider";
import { refusedByWebApi } from "../tokens/web-api-access";
import { Profile } from "../web-api/profile";
import { WebApi } from "../web-api/web-api";
import { AccountConnection } from "./account-connection";
import { accountName } from "./account-name";
import { AccountPlayback } from "./account-playback";
import { ClientIdControl } from "./client-id-control";
import { composeCommands } from "./compose-commands";
import { ClientIdentity } from "./client-identity";

import { DeviceId } from "./device-id";
import { LifeCycle } from "./life-cycle";
import { checkPort, toCredentials, type SessionOptions } from "./options";
import { RememberedAccount } from "./remembered";
import { Player } from "./player";
import { openSlices } from "./slices";

const REQUEST_TIMEOUT = 30_000;
const DEVICE_NAME = "Node-RED";
/** How many lines of a kind and of a level the log has in a minute. */
const MOST_LINES = 10;
/** The same for lines that anyone on the LAN can cause. */
const MOST_LAN_LINES = 1;

/** Everything a session is made of. */
export type Parts = ReturnType<typeof compose>;

/**
 * Builds every part of a session, from the bottom of the house to its top. Each part is given the parts below it, and
 * knows none above: `reactions.ts` says what follows when something happens. Connects nothing yet.
 *
 * @throws SpotifyError INVALID_ARGUMENT for an option that cannot be right
 */
export function compose(options: SessionOptions) {
  const endpoints = resolveEndpoints(options.endpoints);
  const closing = new AbortController();

  // Spotify and the LAN can cause lines without end. None of these logs hides the lines of another.
  const limited = (): Log => limitedLog(options.log ?? ignore, MOST_LINES, closing.signal);
  const log = limited();
  const lanLog = limitedLogs(options.log ?? ignore, MOST_LAN_LINES, closing.signal);

  // What is remembered over a restart.
  const state = new StateKeeper(
    options.sharedState ?? new DocumentStore(options.state ?? new MemoryStateStore()),
  );
  const slices = openSlices(state);
  const deviceId = new DeviceId(options.deviceId, slices.deviceId);
  const isKnown = (): boolean => state.isKnown;
  const configured = toCredentials(options.credentials);
  const account = new Account(configured, slices.account, slices.signedOutOf, isKnown);
  const grants = new Grants(slices.grants, () => state.copyId, isKnown);
  const remembered = new RememberedAccount(state, slices, account);

  // HTTP, with the pauses that Spotify has asked for.
  const http = new HttpClient();
  const api = new URL(endpoints.api).host;
  const guard = new RateLimitGuard(
    (limits, forgotten) => void slices.rateLimits.change((stored) => mergedLimits(stored, limits, forgotten)),
    (clientId, host) =>
      host === api && isSpotifysOwn(clientId) ? refusedByWebApi(clientId, { statusCode: 429 }) : undefined,
  );

  // The encrypted line to an access point, and Mercury's requests over it.
  const servers = new ServerList(http, endpoints, slices.accessPoints);
  const connector = new Connector(servers, accessPointKey(options.accessPointKey), () => deviceId.value);
  const login = new AccountLogin(connector, account, grants);
  const lifeCycle = new LifeCycle(login);
  const channel = new MercuryChannel();
  const mercury = new Mercury(channel);
  const connection = new AccountConnection(lifeCycle, channel, account, grants, state);

  // Who is signed in, and every way in and out.
  const endpoint = new TokenEndpoint(http, guard, endpoints.accounts);
  const profile = new Profile(http, guard, endpoints.api);
  const changes = new AccountChanges(remembered, closing.signal);
  const whose = new WhoseAccount(account, grants, login, profile);
  const credentialSignIn = new CredentialSignIn(changes, login, whose, account);
  const pairing = { http, guard, endpoint, accounts: endpoints.accounts };
  const ownApp = new OwnAppSignIn(changes, grants, whose, { endpoint, guard, endpoints });
  const signOut = new SignOut(changes, account, grants, guard, remembered);
  const tapGate = new TapGate(closing.signal);
  const tap = new TapSignIn(changes, login, whose, account, signOut, tapGate);
  const signIns = new SignIns(account, grants, changes, {
    pairing: new PairingSignIn(changes, credentialSignIn, grants, pairing),
    ownApp,
    file: new FileSignIn(changes, credentialSignIn),
    signOut,
  });

  // The sources of tokens.
  const identity = new ClientIdentity(
    options.clientId ? parseClientId(options.clientId) : platformClientId(),
    options.followClientId ?? true,
  );
  const keymaster = new Keymaster({
    mercury,
    deviceId: () => deviceId.value,
    current: identity,
    renew: (signal) => connection.renew(signal),
  });
  const clientToken = new ClientToken({
    http,
    guard,
    endpoint: endpoints.clientToken,
    deviceId: () => deviceId.value,
    kept: slices.clientToken,
    loaded: () => state.load(),
  });
  const login5 = new Login5({
    http,
    guard,
    endpoint: endpoints.login5,
    clientToken,
    deviceId: () => deviceId.value,
    credentials: () => account.storedCredential,
    keepCredential: ({ username, data }, used) => account.renewed(username, data, used.data),
  });
  const oauth = new OAuth(grants, endpoint, new AppCheck(profile, ownApp), {
    isShared: state.isShared,
    inTurn: (name, signal, refresh) => state.inTurn(name, [slices.grants], signal, refresh),
    hasHad: (accessToken) => pool.hasHad(accessToken),
  });
  const pool = new TokenPool({
    current: identity,
    sources: { keymaster, login5, oauth },
    account: connection,
    memory: remembered,
    askWebApi: (accessToken, signal) => profile.takesToken(accessToken, signal),
    timeout: options.requestTimeout ?? REQUEST_TIMEOUT,
  });
  const tokens = new TokenProvider(pool);

  // The hidden observer, which tells which app has control, and with that the client ID.
  const internalClientId = platformClientId();
  const deviceName = options.connect ? options.deviceName || DEVICE_NAME : undefined;
  const control = new ClientIdControl(identity, closing.signal, limited());
  const services = {
    servers,
    guard,
    token: new InternalToken(tokens, internalClientId),
    clientId: internalClientId,
  };
  const spclient = new Spclient({ ...services, http, clientToken });
  const follower = new Follower({
    mercury,
    connectState: new ConnectState(spclient),
    dealer: services,
    deviceId: () => deviceId.value,
    visible: deviceName === undefined ? undefined : { name: deviceName, clientId: () => identity.clientId },
    control,
    log: limited(),
  });

  // What the account plays, on any device.
  const observe = options.observe ?? true;
  const username = (): string | undefined => account.username ?? grants.usernames()[0];
  const webApi = new WebApi(http, guard, endpoints.api);
  const poller = new WebApiPoller({
    webApi,
    credential: new OwnAppToken(tokens, oauth, READ_PLAYBACK),
    account: username,
  });
  const playback = new AccountPlayback({
    loaded: () => state.load(),
    account,
    grants,
    connection,
    follower,
    poller,
    observe,
    closing: closing.signal,
  });
  const names = new NameLookup({ spclient, http, guard, endpoints });
  const nowPlaying = new NowPlaying({ names, source: playback, account: username });
  const commands = composeCommands({
    account,
    grants,
    connection,
    follower,
    http,
    spclient,
    webApi,
    api: endpoints.api,
    tokens,
    oauth,
    names,
    nowPlaying,
    playback,
    poller,
    deviceId: () => deviceId.value,
    username,
    closing: closing.signal,
  });
  const playlists = new OwnPlaylists({
    spclient,
    webApi,
    app: new OwnAppToken(tokens, oauth, READ_PLAYLISTS),
    ready: () => tokens.ready(),
    username: (signal) => accountName(account, connection, lifeCycle, signal),
    whyNotInternal: () => connection.whyNoToken(),
    closing: closing.signal,
  });
  const player = new Player(nowPlaying, playback, commands, playlists);

  // Any call of the Web API.
  const requests = new ApiRequests({
    webApi,
    tokens,
    blocked: (clientId) => pool.refusedByWebApi(clientId),
    clientId: () => identity.clientId,
    api: endpoints.api,
    closing: closing.signal,
  });

  // The device on the LAN that Spotify's apps see.
  const port = checkPort(options.connectPort);
  const discovery =
    deviceName === undefined
      ? undefined
      : new (loadDiscovery())({
          deviceId: () => deviceId.value,
          deviceName,
          port,
          lastPort: () => slices.connectPort.value,
          onListening: (listening) => void slices.connectPort.set(listening),
          clientId: () => internalClientId,
          activeUser: username,
          onTap: async ({ credentials, deviceName: phone }, signal) => {
            await tap.tap(credentials, () => connection.isReady, signal);
            lanLog("tapped", "info", `Tapped in a Spotify app${phone ? ` on ${phone}` : ""}.`);
          },
          onReset: () => tap.takeBack(),
          log: (level, message, kind) => lanLog(kind, level, message),
        });

  return {
    log,
    closing,
    state,
    deviceId,
    account,
    grants,
    http,
    guard,
    slices,
    servers,
    lifeCycle,
    channel,
    mercury,
    connection,
    endpoint,
    changes,
    signIns,
    tapGate,
    identity,
    clientToken,
    login5,
    oauth,
    pool,
    tokens,
    observe,
    control,
    follower,
    nowPlaying,
    player,
    requests,
    commands,
    playback,
    poller,
    discovery,
    lanLog,
    username,
  };
}

function ignore(): void {}

/** Most sessions are not on the LAN, so that this is loaded only for those that are. */
function loadDiscovery(): typeof import("../zeroconf/discovery").Discovery {
  return (require("../zeroconf/discovery") as typeof import("../zeroconf/discovery")).Discovery;
}
