import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as library from "../src";

/** The values that the package exports. A change here is a change for users: name it in CHANGELOG.md. */
const VALUES = [
  "ACTIONS",
  "CLIENT_IDS",
  "ERROR_GUIDE",
  "FileStateStore",
  "MemoryStateStore",
  "PLAYBACK_CHANGES",
  "Session",
  "SpotifyError",
  "WEB_API_BLOCK",
  "clientIdName",
  "parseClientId",
  "parseLibrespotCredentials",
  "parseScopes",
  "platformClientId",
  "toSpotifyError",
  "webApiRefuses",
];

/** The types of the arguments and results of these values. */
const TYPES = [
  "Action",
  "ApiAnswer",
  "ApiRequest",
  "ApiRequests",
  "Artist",
  "Audience",
  "Authorization",
  "ClientIdChange",
  "ClientIdName",
  "ClientIdReason",
  "ClientIdReport",
  "CommandOptions",
  "ControllingDevice",
  "Credentials",
  "CurrentClientId",
  "DeniedAction",
  "DevicePairing",
  "ErrorAdvice",
  "Explanation",
  "ImportForm",
  "ItemType",
  "LibrespotCredentials",
  "ListedDevice",
  "LogLevel",
  "Mercury",
  "MercuryResponse",
  "Outcome",
  "PairingCode",
  "Picture",
  "PlayRequest",
  "PlaybackChange",
  "PlaybackContext",
  "PlaybackDevice",
  "PlaybackState",
  "PlaybackStatus",
  "Player",
  "PlayerChange",
  "Playlist",
  "QueuedItem",
  "RefusedTap",
  "RepeatMode",
  "Retry",
  "RouteName",
  "RouteReason",
  "SearchType",
  "SessionEvents",
  "SessionOptions",
  "SessionState",
  "SignIn",
  "SignInExpiring",
  "SignIns",
  "Snapshot",
  "SourceChoice",
  "SourceVerdict",
  "SpotifyErrorCode",
  "SpotifyErrorDetails",
  "StateChange",
  "StateProblem",
  "StateProblemKind",
  "StateStore",
  "Step",
  "TapGate",
  "Token",
  "TokenNotice",
  "TokenProvider",
  "TokenRequestOptions",
  "TokenSourceName",
  "WebApiAnswer",
  "WebApiRefusal",
];

/** The members of a session and of its parts, without their events. */
const MEMBERS = {
  session: [
    "clientId",
    "clientIdState",
    "close",
    "connect",
    "connectedSince",
    "deviceId",
    "discoveryPort",
    "error",
    "following",
    "mercury",
    "player",
    "setClientId",
    "signIns",
    "state",
    "stateProblem",
    "tapGate",
    "tokens",
    "username",
    "visibility",
    "visibilityError",
    "webApi",
  ],
  tokens: [
    "bestClientId",
    "cachedToken",
    "explain",
    "getToken",
    "getTokenWithClientId",
    "ready",
    "refused",
    "tryWebApi",
    "webApi",
  ],
  signIns: [
    "beginAuthorization",
    "beginPairing",
    "finishAuthorization",
    "finishPairing",
    "import",
    "list",
    "ready",
    "signOut",
    "signOutOfAll",
  ],
  mercury: ["get", "inFlight", "subscribe"],
  player: [
    "command",
    "devices",
    "like",
    "next",
    "pause",
    "play",
    "playlists",
    "previous",
    "problem",
    "queue",
    "refresh",
    "restore",
    "resume",
    "seek",
    "setRepeat",
    "setShuffle",
    "setVolume",
    "snapshot",
    "state",
    "toggle",
    "transfer",
    "unlike",
  ],
};

/** The names of an object's own properties and methods, except those of `EventEmitter`. */
function membersOf(value: object): string[] {
  const own = Object.keys(value).filter((name) => !name.startsWith("_") && name !== "domain");
  const prototype = Object.getPrototypeOf(value) as object;
  return [...own, ...Object.getOwnPropertyNames(prototype)]
    .filter((name) => name !== "constructor")
    .toSorted();
}

describe("the library's exports", () => {
  it("have this list of values", () => {
    const names = Object.keys(library).filter((name) => name !== "default");
    assert.deepEqual(names.toSorted(), VALUES);
  });

  it("have this list of types", () => {
    const text = readFileSync(join(__dirname, "../src/index.ts"), "utf8");
    const declarations = [...text.matchAll(/export (type )?\{([^}]*)\}/g)];
    const types = declarations.flatMap(([, isType, names]) =>
      names!
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && (isType !== undefined || name.startsWith("type ")))
        .map((name) => name.replace(/^type /, "")),
    );
    assert.deepEqual(types.toSorted(), TYPES);
  });

  it("include a session whose parts have these members, and no internal ones", async () => {
    const session = new library.Session();
    const { tokens, signIns, mercury, player } = session;
    for (const [name, part] of Object.entries({ session, tokens, signIns, mercury, player })) {
      assert.deepEqual(membersOf(part), MEMBERS[name as keyof typeof MEMBERS], name);
    }
    await session.close();
  });
});
