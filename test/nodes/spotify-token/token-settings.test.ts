import assert from "node:assert/strict";
import { readTokenSettings } from "../../../nodes/spotify-token/token-settings";
import { SpotifyError } from "../../../src";

const isInvalid =
  (words: RegExp) =>
  (error: unknown): boolean =>
    error instanceof SpotifyError && error.code === "INVALID_ARGUMENT" && words.test(error.message);

describe("the properties of a spotify-token", () => {
  it("have a default each", () => {
    assert.deepEqual(readTokenSettings({}), {
      source: "auto",
      emit: "input",
      typed: {},
      outlet: { property: "payload", withHeader: true },
    });
  });

  it("may be in any case, as an environment variable gives them", () => {
    const { source, emit } = readTokenSettings({ source: " KeyMaster ", emit: "BOTH" });
    assert.deepEqual([source, emit], ["keymaster", "both"]);
  });

  it("may name no property for the token, and no header", () => {
    const { outlet } = readTokenSettings({ output: "", authorizationHeader: "false" });
    assert.deepEqual(outlet, { property: "", withHeader: false });
  });

  it("cannot have another way of sending", () =>
    assert.throws(() => readTokenSettings({ emit: "postman" }), isInvalid(/not by "postman"/)));

  for (const property of ["scopes", "clientId"]) {
    const comesWith = (kind: string): object => ({ [property]: "mine", [`${property}Type`]: kind });

    for (const emit of ["auto", "both"]) {
      it(`cannot have ${property} that come with a message if the node sends by itself: ${emit}`, () => {
        assert.throws(() => readTokenSettings({ emit, ...comesWith("msg") }), isInvalid(/need a message/));
        assert.equal(readTokenSettings({ emit, ...comesWith("flow") }).emit, emit);
      });
    }

    it(`may have ${property} that come with a message if the node sends on input`, () =>
      assert.equal(readTokenSettings({ emit: "input", ...comesWith("msg") }).emit, "input"));
  }

  it("cannot have a client ID that comes with a message, even if the permissions come from elsewhere", () =>
    assert.throws(
      () =>
        readTokenSettings({
          emit: "auto",
          scopes: "mine",
          scopesType: "flow",
          clientId: "app",
          clientIdType: "msg",
        }),
      isInvalid(/need a message/),
    ));
});
