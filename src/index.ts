/** The library: sessions and their tokens. Knows nothing of Node-RED. */
export { Session, type SessionEvents } from "./session/session";
export type { SessionOptions, LogLevel } from "./session/options";
export type { SessionState, StateChange } from "./session/life-cycle";
export type { ClientIdChange, ClientIdReport } from "./session/client-identity";
export type { ClientIdReason, CurrentClientId } from "./tokens/client-id";
export { parseClientId, platformClientId } from "./tokens/client-id";
export { CLIENT_IDS, clientIdName, type ClientIdName } from "./tokens/knowledge";
export { parseScopes } from "./tokens/scopes";
export type { Token, TokenSourceName, Audience } from "./tokens/token";
export type { TokenProvider, TokenRequestOptions, TokenNotice, SourceChoice } from "./tokens/provider";
export type { Mercury, MercuryResponse } from "./mercury/mercury";
export type { Credentials } from "./access-point/credentials";
export { parseLibrespotCredentials, type LibrespotCredentials } from "./sign-in/librespot-credentials";
export { FileStateStore } from "./state/file-store";
export { MemoryStateStore, type StateStore } from "./state/store";
export { SpotifyError, type SpotifyErrorCode, type SpotifyErrorDetails } from "./errors";
