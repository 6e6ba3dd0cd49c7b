import assert from "node:assert/strict";
import { checkOutput, put } from "../../../nodes/shared/outlet";
import { SpotifyError } from "../../../src";
import { plainNode, type PlainNode } from "../support/plain-node";

const isInvalid = (error: unknown): boolean =>
  error instanceof SpotifyError && error.code === "INVALID_ARGUMENT";

describe("the property for the result", () => {
  let plain: PlainNode;

  before(async () => {
    plain = await plainNode();
  });

  after(() => plain.close());

  /** A message after the result was put into it. */
  const filled = (property: string, message: object = {}): object => {
    checkOutput(plain.RED, property);
    put(plain.RED, message, property, "result");
    return message;
  };

  for (const [property, message, expected] of [
    ["payload", { payload: 1 }, { payload: "result" }],
    ["token", { payload: 1 }, { payload: 1, token: "result" }],
    ["a.b", {}, { a: { b: "result" } }],
    ["a.b", { a: { kept: 1 } }, { a: { kept: 1, b: "result" } }],
    ["list[1]", { list: [0, 0] }, { list: [0, "result"] }],
    ['a["two words"]', { a: {} }, { a: { "two words": "result" } }],
    ["", { payload: 1 }, { payload: 1 }],
  ] as const) {
    it(`is "${property}", and is created if it is missing: ${JSON.stringify(message)}`, () =>
      assert.deepEqual(filled(property, structuredClone(message)), expected));
  }

  const isPlaceless = (error: Error, property = "a.b"): boolean =>
    isInvalid(error) && error.message.includes(`cannot be put into msg.${property} of this message`);

  for (const property of ["a..b", "a[", ".a", "a b", "a['"]) {
    it(`cannot be "${property}", and the error says so`, () =>
      assert.throws(
        () => checkOutput(plain.RED, property),
        (error: Error) =>
          isInvalid(error) && error.message.includes(`"${property}"`) && error.cause instanceof Error,
      ));
  }

  it("cannot be in a string, a number or null", () => {
    for (const message of [{ a: "text" }, { a: 5 }, { a: null }]) {
      assert.throws(
        () => filled("a.b", message),
        (error: Error) => isPlaceless(error),
        JSON.stringify(message),
      );
    }
  });

  it("cannot be one that is read-only", () => {
    for (const [property, message] of [
      ["a.b", { a: Object.freeze({ b: 1 }) }],
      ["payload", Object.freeze({ payload: 1 })],
    ] as const)
      assert.throws(
        () => filled(property, message),
        (error: Error) => isPlaceless(error, property),
      );
  });

  it("does not reach the prototype of all objects", () => {
    for (const property of ["__proto__.polluted", "constructor.prototype.polluted"]) {
      try {
        filled(property);
      } catch (error) {
        assert.ok(isInvalid(error), String(error));
      }
      assert.equal(({} as { polluted?: unknown }).polluted, undefined, property);
    }
  });
});
