import type { Account } from "../account/account";
import type { Grants } from "../account/grants";
import { RemoteControl } from "../connect-state/remote-control";
import type { Follower } from "../connect-state/follower";
import { Commands } from "../playback/commands";
import { DeviceFinder } from "../playback/device-finder";
import { DeviceWaker } from "../playback/device-waker";
import { InternalRoute } from "../playback/internal-route";
import { PolledScenes } from "../playback/polled-scenes";
import { PushedScenes } from "../playback/pushed-scenes";
import type { SceneSource } from "../playback/scene";
import { SpotifyLookups } from "../playback/spotify-lookups";
import { Targets } from "../playback/targets";
import { CONTROL_PLAYBACK, WebApiRoute } from "../playback/web-api-route";
import type { HttpClient } from "../net/client";
import type { NameSource } from "../player/names";
import { nothingPushes } from "../player/nothing-pushes";
import type { NowPlaying } from "../player/now-playing";
import type { WebApiPoller } from "../player/web-api-poller";
import type { Spclient } from "../spclient/spclient";
import type { OAuth } from "../tokens/oauth";
import { OwnAppToken } from "../tokens/own-app-token";
import type { TokenProvider } from "../tokens/provider";
import type { WebApi } from "../web-api/web-api";
import type { LanReceivers } from "../zeroconf/receivers/lan-receivers";
import type { AccountConnection } from "./account-connection";
import type { AccountPlayback } from "./account-playback";

/** The scope that changes of the library need. */
const CHANGE_LIBRARY = ["user-library-modify"] as const;

export interface CommandParts {
  account: Account;
  grants: Grants;
  connection: AccountConnection;
  follower: Follower;
  http: HttpClient;
  spclient: Spclient;
  webApi: WebApi;
  /** Base URL of the Web API. */
  api: string;
  tokens: TokenProvider;
  oauth: OAuth;
  names: NameSource;
  nowPlaying: NowPlaying;
  playback: AccountPlayback;
  poller: WebApiPoller;
  deviceId: () => string;
  username: () => string | undefined;
  closing: AbortSignal;
}

/** Builds the commands of a session, with both ways on which they reach a device. */
export function composeCommands(parts: CommandParts): Commands {
  const { account, grants, connection, follower, spclient, webApi, tokens, oauth, nowPlaying } = parts;
  const { host } = new URL(parts.api);
  const app = (scopes: readonly string[]): OwnAppToken => new OwnAppToken(tokens, oauth, scopes);
  const whyNotInternal = () => connection.whyNoToken();
  const remoteControl = new RemoteControl(spclient);
  const pushed = new PushedScenes({
    follower,
    refresh: (signal) => parts.playback.refresh(signal),
    receipt: () => nowPlaying.receipt(),
  });
  const control = app(CONTROL_PLAYBACK);
  const polled = new PolledScenes({ webApi, credential: control, account: parts.username });
  const scenes = (): SceneSource => (nothingPushes(account, grants) ? polled : pushed);
  const waker = new DeviceWaker({ remoteControl, follower, scenes: pushed });
  const targets = new Targets();
  let nearby: LanReceivers | undefined;
  return new Commands({
    routes: [
      new InternalRoute({
        remoteControl,
        deviceId: parts.deviceId,
        follower,
        whyNot: whyNotInternal,
      }),
      new WebApiRoute({ webApi, credential: control, host, onSent: () => parts.poller.pokeSoon() }),
    ],
    scenes,
    targets,
    finder: new DeviceFinder({
      scenes,
      targets,
      waker: () => (whyNotInternal() ? undefined : waker),
      receivers: () => (account.storedCredential ? (nearby ??= makeReceivers(parts)) : undefined),
    }),
    lookups: new SpotifyLookups({
      spclient,
      webApi,
      library: app(CHANGE_LIBRARY),
      anyApp: app([]),
      names: parts.names,
      host,
      username: parts.username,
      whyNotInternal,
    }),
    named: (state) => nowPlaying.named(state),
    closing: parts.closing,
  });
}

/** Most accounts never look for a speaker on the local network, so that mDNS is loaded only when one does. */
function makeReceivers({ http, account, deviceId }: CommandParts): LanReceivers {
  const { LanReceivers } =
    require("../zeroconf/receivers/lan-receivers") as typeof import("../zeroconf/receivers/lan-receivers");
  return new LanReceivers({
    http,
    credentials: () => account.storedCredential,
    deviceId,
    deviceName: "Node-RED",
  });
}
