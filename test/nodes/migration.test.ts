import assert from "node:assert/strict";
import { EVENT_KINDS } from "../../nodes/spotify-events/kinds";
import { EVENTS_VERSION, migrateEvents } from "../../nodes/spotify-events/migrate";
import { migrateNowPlaying, NOW_PLAYING_VERSION } from "../../nodes/spotify-now-playing/migrate";
import { migratePlayback, PLAYBACK_VERSION } from "../../nodes/spotify-playback/migrate";
import { migrateRequest, REQUEST_VERSION } from "../../nodes/spotify-request/migrate";
import { migrateSession, SESSION_VERSION } from "../../nodes/spotify-session/migrate";
import { migrate, withDefaults, type Properties, type Step } from "../../nodes/shared/migration";
import { migrateToken, TOKEN_VERSION } from "../../nodes/spotify-token/migrate";

const OWN_APP = "0123456789abcdef0123456789abcdef";

describe("migration", () => {
  const steps: readonly Step[] = [
    (stored) => ({ ...stored, colour: stored["color"] ?? "green" }),
    (stored) => Object.fromEntries(Object.entries(stored).filter(([name]) => name !== "color")),
  ];

  it("takes every step from the stored version to the present one", () => {
    assert.deepEqual(migrate({ id: "n", color: "red" }, steps), {
      properties: { id: "n", colour: "red", version: 2 },
      isNewer: false,
    });
    assert.deepEqual(migrate<object>({ version: 1, color: "red", colour: "blue" }, steps).properties, {
      colour: "blue",
      version: 2,
    });
  });

  it("does not change properties of the present version", () => {
    const today = { version: 2, color: "kept" };
    const { properties, isNewer } = migrate(today, steps);
    assert.equal(properties, today);
    assert.equal(isNewer, false);
  });

  it("does not change properties of a later version, and says so", () => {
    const later = { version: 3, color: "red" };
    const { properties, isNewer } = migrate(later, steps);
    assert.equal(properties, later);
    assert.equal(isNewer, true);
  });

  it("does not modify its argument", () => {
    const stored = Object.freeze({ color: "red" });
    migrate(stored, steps);
    assert.deepEqual(stored, { color: "red" });
  });

  for (const version of [undefined, null, 0, -1, 1.5, NaN, "", "x", {}, []]) {
    it(`treats properties with an invalid version as the oldest: ${JSON.stringify(version)}`, () => {
      assert.equal((migrate({ version }, steps).properties as Properties)["colour"], "green");
    });
  }

  it("reads a version that was stored as a string", () => {
    assert.equal((migrate({ version: "1" }, steps).properties as Properties)["colour"], undefined);
    assert.equal(migrate({ version: "3" }, steps).isNewer, true);
  });

  it("fills in missing properties, but not empty ones", () => {
    const defaults = { a: "default", b: true, c: [] };
    assert.deepEqual(withDefaults({ a: "", b: false }, defaults), { a: "", b: false, c: [] });
    assert.deepEqual(withDefaults({ a: null, b: undefined, c: [1] }, defaults), {
      a: "default",
      b: true,
      c: [1],
    });
  });
});

describe("a spotify-token of an older version", () => {
  const today = {
    scopes: [],
    clientId: "best",
    source: "auto",
    emit: "input",
    authorizationHeader: true,
    output: "payload",
    scopesType: "list",
    clientIdType: "str",
    version: TOKEN_VERSION,
  };
  const migrated = (stored: object): unknown => migrateToken(stored).properties;

  it("has defaults for all missing properties", () => {
    assert.deepEqual(migrated({}), today);
  });

  /** Stored properties → present properties. */
  const FORMS: readonly [string, object, object][] = [
    [
      "scopes in one text",
      { scopes: "user-top-read, streaming" },
      { scopes: ["user-top-read", "streaming"] },
    ],
    ["scopes with spaces, some twice", { scopes: " streaming  streaming " }, { scopes: ["streaming"] }],
    ["an empty text of scopes", { scopes: "" }, { scopes: [] }],
    [
      "a text of scopes, but no version",
      { scopes: "streaming", scopesType: "list" },
      { scopes: ["streaming"] },
    ],
    [
      "permissions of an environment variable, but no version",
      { scopes: "MY_SCOPES", scopesType: "env" },
      { scopes: "MY_SCOPES", scopesType: "env" },
    ],
    ["a list of scopes", { scopes: ["streaming"] }, { scopes: ["streaming"] }],
    ["scopes that are none", { scopes: 7 }, { scopes: 7 }],
    ["the session's client ID", { clientId: "" }, { clientId: "" }],
    ["a client ID in capitals", { clientId: ` ${OWN_APP.toUpperCase()} ` }, { clientId: OWN_APP }],
    [
      "the name of a client ID, but no version",
      { clientId: "iOS", clientIdType: "str" },
      { clientId: "ios" },
    ],
    ["no client ID at all", { clientId: null }, { clientId: "best" }],
    ["a client ID that is a number", { clientId: 7 }, { clientId: 7 }],
    ["a client ID that ${} replaces", { clientId: " ${MY_APP} " }, { clientId: "${MY_APP}" }],
    ["an empty source", { source: "" }, { source: "auto" }],
    ["a source", { source: "keymaster" }, { source: "keymaster" }],
    ["a source of a later version", { source: "postman" }, { source: "postman" }],
    ["an empty way of sending", { emit: "" }, { emit: "input" }],
    ["a way of sending", { emit: "both" }, { emit: "both" }],
    ["another property for the token", { output: "token" }, { output: "token" }],
    ["no property for the token", { output: "" }, { output: "" }],
    [
      "permissions that come in messages",
      { scopesFromMessage: true },
      { scopes: "scopes", scopesType: "msg" },
    ],
    [
      "permissions of its own beside those of messages",
      { scopesFromMessage: true, scopes: ["streaming"] },
      { scopes: ["streaming"] },
    ],
    [
      "a client ID of an environment variable, but no version",
      { clientId: "MY_APP", clientIdType: "env" },
      { clientId: "MY_APP", clientIdType: "env" },
    ],
    ["the header switched off", { authorizationHeader: false }, { authorizationHeader: false }],
  ];
  for (const [what, stored, expected] of FORMS) {
    it(`with ${what}`, () => assert.deepEqual(migrated(stored), { ...today, ...expected }));
  }

  it("keeps its name, its account and unknown properties", () => {
    const stored = { id: "n", name: "kitchen", session: "s", wires: [["x"]], future: { deep: 1 } };
    assert.deepEqual(migrated(stored), { ...today, ...stored });
  });
});

describe("a spotify-session of an older version", () => {
  const today = {
    clientId: "",
    followClientId: true,
    deviceName: "Node-RED",
    connect: false,
    port: "",
    version: SESSION_VERSION,
  };
  const migrated = (stored: object): unknown => migrateSession(stored).properties;

  /** Stored properties → present properties. */
  const FORMS: readonly [string, object, object][] = [
    ["nothing said", {}, {}],
    ["the empty name of 0.1.0", { deviceName: "" }, {}],
    ["a name of spaces", { deviceName: "  " }, {}],
    ["a name", { deviceName: "Küche 🎵" }, { deviceName: "Küche 🎵" }],
    [
      "a pinned client ID",
      { followClientId: false, clientId: "ios" },
      { followClientId: false, clientId: "ios" },
    ],
    ["a client ID in capitals", { clientId: OWN_APP.toUpperCase() }, { clientId: OWN_APP }],
    ["connect on", { connect: true }, { connect: true }],
  ];
  for (const [what, stored, expected] of FORMS) {
    it(`with ${what}`, () => assert.deepEqual(migrated(stored), { ...today, ...expected }));
  }
});

describe("a spotify-session of version 1", () => {
  it("has any port, unless it names one", () => {
    const stored = { version: 1, deviceName: "Kitchen" };
    const { properties } = migrateSession<object>(stored);
    assert.deepEqual(properties, { ...stored, port: "", version: SESSION_VERSION });
    assert.equal(
      (migrateSession<object>({ version: 1, port: "4070" }).properties as Properties)["port"],
      "4070",
    );
  });
});

describe("a spotify-events of an older version", () => {
  it("reports all kinds of events if it names none", () => {
    assert.deepEqual(migrateEvents({}).properties, { kinds: [...EVENT_KINDS], version: EVENTS_VERSION });
  });

  it("reports the kinds that it names", () => {
    const { properties } = migrateEvents({ kinds: ["state"] });
    assert.deepEqual(properties, { kinds: ["state"], version: EVENTS_VERSION });
  });
});

describe("a spotify-now-playing that was written by hand", () => {
  it("sends the usual changes, and the state after a deploy", () => {
    assert.deepEqual(migrateNowPlaying({ session: "s" }).properties, {
      session: "s",
      events: ["track", "playback", "device"],
      atStart: true,
      tick: 0,
      output: "payload",
      version: NOW_PLAYING_VERSION,
    });
  });

  it("keeps its own settings", () => {
    const stored = { events: [], atStart: false, tick: "${SECONDS}", output: "state" };
    assert.deepEqual(migrateNowPlaying(stored).properties, { ...stored, version: NOW_PLAYING_VERSION });
  });
});

describe("a spotify-playback that was written by hand", () => {
  it("plays what the payload names, waits until it plays, and wakes devices", () => {
    assert.deepEqual(migratePlayback({ session: "s" }).properties, {
      session: "s",
      action: "play",
      device: "",
      deviceType: "str",
      value: "payload",
      valueType: "msg",
      wake: true,
      confirm: true,
      timeout: 8,
      route: "auto",
      output: "payload",
      version: PLAYBACK_VERSION,
    });
  });

  it("keeps its own settings, and puts a result into the payload as version 1 did", () => {
    const stored = { version: 1, action: "", value: "", wake: false, timeout: 60 };
    assert.deepEqual(migratePlayback(stored).properties, {
      ...stored,
      output: "payload",
      version: PLAYBACK_VERSION,
    });
  });
});

describe("a spotify-request that was written by hand", () => {
  it("gets the user's playlists, with the permissions that the path needs", () => {
    assert.deepEqual(migrateRequest({ session: "s" }).properties, {
      session: "s",
      method: "GET",
      path: "/me/playlists",
      pathType: "str",
      query: "{}",
      queryType: "json",
      body: "payload",
      bodyType: "msg",
      scopes: [],
      scopesType: "list",
      clientId: "best",
      clientIdType: "str",
      all: false,
      output: "payload",
      version: REQUEST_VERSION,
    });
  });

  it("keeps its own settings", () => {
    const stored = {
      method: "",
      path: "path",
      pathType: "msg",
      scopes: ["streaming"],
      all: true,
      output: "",
    };
    const { properties } = migrateRequest<object>(stored);
    for (const [name, value] of Object.entries(stored)) assert.equal((properties as Properties)[name], value);
  });
});
