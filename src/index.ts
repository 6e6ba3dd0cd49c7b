/** The library: sessions and their tokens. Knows nothing of Node-RED. */
export { Session, type SessionEvents } from "./session/session";
export type { SessionOptions, LogLevel } from "./session/options";
export type { SessionState, StateChange } from "./session/life-cycle";
export type { ClientIdChange, ClientIdReport } from "./session/client-identity";
export type { SignIn } from "./account/sign-in-list";
export type { SignIns } from "./account/sign-ins";
export type { RefusedTap, TapGate } from "./account/tap-gate";
export type { SignInExpiring } from "./account/expiry-watch";
export type { Authorization } from "./oauth/authorization";
export type { DevicePairing, PairingCode } from "./oauth/device-pairing";
export type { ImportForm } from "./account/credential-file";
export type { ClientIdReason, CurrentClientId } from "./core/client-id";
export { parseClientId, platformClientId } from "./core/client-id";
export { CLIENT_IDS, clientIdName, WEB_API_BLOCK, webApiRefuses, type ClientIdName } from "./core/knowledge";
export type { WebApiAnswer, WebApiRefusal } from "./tokens/web-api-access";
export { parseScopes } from "./core/scopes";
export type { Token, TokenSourceName, Audience } from "./core/token";
export type { TokenNotice, TokenProvider, TokenRequestOptions } from "./tokens/provider";
export type { Explanation, RouteReason, SourceChoice, SourceVerdict } from "./tokens/explanation";
export type { Player, PlayRequest } from "./session/player";
export type { CommandOptions, Outcome, RouteName, SearchType, Step } from "./playback/command";
export type { ApiRequests } from "./requests/api-requests";
export type { ApiAnswer, ApiRequest } from "./requests/request";
export type { Playlist } from "./playlists/playlist";
export type { ListedDevice } from "./playback/listed-device";
export { ACTIONS, type Action } from "./playback/actions";
export type { Snapshot } from "./playback/snapshot";
export {
  PLAYBACK_CHANGES,
  type Artist,
  type DeniedAction,
  type ItemType,
  type Picture,
  type PlaybackChange,
  type PlaybackContext,
  type PlaybackDevice,
  type PlaybackState,
  type PlaybackStatus,
  type PlayerChange,
  type QueuedItem,
  type RepeatMode,
} from "./player/playback-state";
export type { ControllingDevice } from "./connect-state/controlling-device";
export type { Mercury, MercuryResponse } from "./mercury/mercury";
export type { Credentials } from "./access-point/credentials";
export { parseLibrespotCredentials, type LibrespotCredentials } from "./account/imported-credentials";
export { FileStateStore } from "./store/file-store";
export type { StateProblem, StateProblemKind } from "./store/problem";
export { MemoryStateStore, type StateStore } from "./store/store";
export { ERROR_GUIDE, type ErrorAdvice, type Retry } from "./core/error-guide";
export { SpotifyError, toSpotifyError, type SpotifyErrorCode, type SpotifyErrorDetails } from "./core/errors";
