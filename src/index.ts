/** The library: sessions and their tokens. Knows nothing of Node-RED. */
export { Session, type SessionEvents } from "./session/session";
export type { SessionOptions, LogLevel } from "./session/options";
export type { SessionState, StateChange } from "./session/life-cycle";
export type { ClientIdChange, ClientIdReport } from "./session/client-identity";
export type { SignIn } from "./session/sign-in-list";
export type { SignIns } from "./session/sign-ins";
export type { SignInExpiring } from "./session/expiry-watch";
export type { Authorization } from "./sign-in/authorization";
export type { DevicePairing, PairingCode } from "./sign-in/device-pairing";
export type { ImportForm } from "./sign-in/credential-file";
export type { ClientIdReason, CurrentClientId } from "./tokens/client-id";
export { parseClientId, platformClientId } from "./tokens/client-id";
export {
  CLIENT_IDS,
  clientIdName,
  WEB_API_BLOCK,
  webApiRefuses,
  type ClientIdName,
} from "./tokens/knowledge";
export type { WebApiAnswer, WebApiRefusal } from "./tokens/web-api-access";
export { parseScopes } from "./tokens/scopes";
export type { Token, TokenSourceName, Audience } from "./tokens/token";
export type { TokenProvider } from "./tokens/provider";
export type { TokenNotice, TokenRequestOptions } from "./tokens/provider-options";
export type { Explanation, RouteReason, SourceChoice, SourceVerdict } from "./tokens/routing";
export type { ControllingDevice } from "./connect/controlling-device";
export type { Mercury, MercuryResponse } from "./mercury/mercury";
export type { Credentials } from "./access-point/credentials";
export { parseLibrespotCredentials, type LibrespotCredentials } from "./sign-in/imported-credentials";
export { FileStateStore } from "./state/file-store";
export type { StateProblem, StateProblemKind } from "./state/problem";
export { MemoryStateStore, type StateStore } from "./state/store";
export { ERROR_GUIDE, type ErrorAdvice, type Retry } from "./error-guide";
export { SpotifyError, toSpotifyError, type SpotifyErrorCode, type SpotifyErrorDetails } from "./errors";
