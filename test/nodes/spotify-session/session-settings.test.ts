import assert from "node:assert/strict";
import {
  readCredential,
  readSecrets,
  readSettings,
  toProblem,
} from "../../../nodes/spotify-session/session-settings";
import { SpotifyError } from "../../../src";

const wrong = (property: string) => (error: SpotifyError) =>
  error.code === "INVALID_ARGUMENT" && error.message.includes(`"${property}"`);

describe("the settings of an account", () => {
  const defaults = {
    clientId: "",
    followClientId: true,
    deviceName: "Node-RED",
    connect: false,
    connectPort: 0,
  };

  for (const [what, properties, changed] of [
    ["have defaults for a node of an older version", {}, {}],
    ["name an own client ID", { clientId: " 0123 " }, { clientId: "0123" }],
    ["say not to follow the client ID", { followClientId: false }, { followClientId: false }],
    ["name the device", { deviceName: " Kitchen " }, { deviceName: "Kitchen" }],
    ["have a default for an empty name", { deviceName: "  " }, {}],
    ["make the account visible on any port", { connect: true }, { connect: true }],
    [
      "make the account visible on one port",
      { connect: "true", port: "4070" },
      { connect: true, connectPort: 4070 },
    ],
    [
      "tell the session of a port that cannot be right",
      { connect: true, port: "auto" },
      { connect: true, connectPort: NaN },
    ],
    ["ignore the port of an account that is not visible", { connect: false, port: "auto" }, {}],
  ] as const) {
    it(what, () => assert.deepEqual(readSettings(properties), { ...defaults, ...changed }));
  }

  for (const property of ["clientId", "followClientId", "deviceName", "connect"]) {
    it(`are refused if ${property} is of a wrong type`, () =>
      assert.throws(() => readSettings({ [property]: [] }), wrong(property)));
  }
});

describe("the credential of an account", () => {
  const read = (librespotCredentials: unknown): unknown => readCredential({ librespotCredentials });
  const object = { username: "alice" };

  for (const [what, stored, value] of [
    ["is a text", " text ", "text"],
    ["is an object if an environment variable gives one", object, object],
    ["is missing if it is empty", "  ", undefined],
    ["is missing if it is null", null, undefined],
    ["is missing if it is not stored", undefined, undefined],
  ] as const) {
    it(what, () => assert.deepEqual(read(stored), value));
  }

  for (const stored of [7, true, []]) {
    it(`is refused if it is ${JSON.stringify(stored)}`, () =>
      assert.throws(() => read(stored), wrong("librespotCredentials")));
  }
});

describe("what the state of an account is sealed with", () => {
  it("is each secret as a text", () => {
    const secrets = { stateKey: "0123", librespotCredentials: { username: "alice" }, port: 7 };
    assert.deepEqual(readSecrets(secrets), {
      stateKey: "0123",
      librespotCredentials: '{"username":"alice"}',
      port: "7",
    });
  });

  it("is nothing for a secret that is missing", () => {
    const secrets = { stateKey: undefined, librespotCredentials: null };
    assert.deepEqual(readSecrets(secrets), secrets);
  });
});

describe("the problem of an account that cannot be opened", () => {
  it("is the error itself, if it is one of Spotify's", () => {
    const error = new SpotifyError("TIMEOUT", "Too late.");
    assert.equal(toProblem(error), error);
  });

  it("is a wrong setting otherwise, and keeps the cause", () => {
    const cause = new TypeError("secret");
    const { code, message, cause: kept } = toProblem(cause);
    assert.equal(code, "INVALID_ARGUMENT");
    assert.equal(kept, cause);
    assert.doesNotMatch(message, /secret/);
  });
});
