import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { ANSWER_MARK } from "../../../nodes/shared/answer-mark";
import { fill, takeRefused, type TokenMessage } from "../../../nodes/spotify-token/token-message";
import { SpotifyError, type Token } from "../../../src";

type Fields = Record<string, unknown>;

/** Reads and writes properties of a message by their names. */
const RED = {
  util: {
    setMessageProperty: (message: Fields, name: string, value: unknown) => Reflect.set(message, name, value),
    getMessageProperty: (message: Fields, name: string) => message[name],
  },
} as unknown as NodeAPI;

const TOKEN = { accessToken: "BQ1", tokenType: "Bearer" } as Token;
const AUTHORIZATION = "Bearer BQ1";

const filled = (message: Fields, property = "payload", withHeader = true): Fields =>
  fill(RED, message as TokenMessage, TOKEN, { property, withHeader });

describe("a token in a message", () => {
  it("is in the property that the node names, and in the Authorization header", () => {
    const message = { topic: "kept" };
    const answer = filled(message, "token");
    assert.equal(answer, message, "the same message");
    assert.deepEqual(answer, { topic: "kept", token: TOKEN, headers: { Authorization: AUTHORIZATION } });
  });

  it("is not in the headers if the node is not to set them", () => {
    const headers = { authorization: "Basic mine" };
    assert.deepEqual(filled({ headers }, "payload", false), { payload: TOKEN, headers });
  });

  for (const [what, headers, others] of [
    ["no headers", undefined, {}],
    ["null", null, {}],
    ["a text", "accept", {}],
    ["headers of the flow", { accept: "a", "x-mine": "b" }, { accept: "a", "x-mine": "b" }],
    [
      "other spellings of the header",
      { authorization: "Basic x", AUTHORIZATION: "y", accept: "a" },
      { accept: "a" },
    ],
    ["headers of an answer", { etag: "1", "content-length": "5", [ANSWER_MARK]: "m" }, {}],
    [
      "headers that the flow has set after an answer",
      { etag: "1", [ANSWER_MARK]: "m", accept: "a" },
      { accept: "a" },
    ],
  ] as const) {
    it(`is in the headers of a message with ${what}`, () =>
      assert.deepEqual(filled({ headers })["headers"], { ...others, Authorization: AUTHORIZATION }));
  }

  it("leaves the headers of the message as they were for another node that has them too", () => {
    const headers = { accept: "a" };
    filled({ headers });
    assert.deepEqual(headers, { accept: "a" });
  });

  describe("that cannot be put into its property", () => {
    const readOnly = (): Fields => Object.defineProperty({}, "payload", { value: 1, enumerable: true });

    it("is not in the headers either", () => {
      const headers = { authorization: "Basic mine" };
      const message = Object.assign(readOnly(), { headers });
      assert.throws(() => filled(message), SpotifyError);
      assert.equal(message.headers, headers);
    });

    it("leaves the headers alone if the node is not to set them", () => {
      const message = readOnly();
      assert.throws(() => filled(message, "payload", false), SpotifyError);
      assert.ok(!("headers" in message));
    });
  });
});

describe("the refused token of a message", () => {
  for (const [what, message, expected] of [
    ["nothing if the message has none", {}, undefined],
    ["nothing if it is null", { refused: null }, undefined],
    ["nothing if it is empty", { refused: "" }, undefined],
    ["its text", { refused: "BQ0" }, "BQ0"],
  ] as const) {
    it(`is ${what}, and is not sent on`, () => {
      const given: Fields = { ...message };
      assert.equal(takeRefused(given as TokenMessage), expected);
      assert.deepEqual(given, {});
    });
  }

  it("cannot be anything but a text, and is not sent on then", () => {
    const given: Fields = { refused: 5 };
    assert.throws(
      () => takeRefused(given as TokenMessage),
      (error: unknown) => error instanceof SpotifyError && error.code === "INVALID_ARGUMENT",
    );
    assert.deepEqual(given, {});
  });

  it("does not touch a message that has none, such as a read-only one", () =>
    assert.equal(takeRefused(Object.freeze({}) as TokenMessage), undefined));
});
