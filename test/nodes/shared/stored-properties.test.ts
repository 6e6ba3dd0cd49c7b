import assert from "node:assert/strict";
import { flagProperty, numberProperty, textProperty, wrongType } from "../../../nodes/shared/properties";
import { SpotifyError } from "../../../src";

/** Expects an error that says what the property is and what it must be, as in `a number: it must be a text`. */
const isWrong =
  (said: string) =>
  (error: unknown): boolean =>
    error instanceof SpotifyError &&
    error.code === "INVALID_ARGUMENT" &&
    error.message === `The property "p" is ${said}.`;

describe("a property that holds a text", () => {
  for (const [stored, text] of [
    ["Kitchen", "Kitchen"],
    ["  Kitchen \n", "Kitchen"],
    ["", ""],
    [undefined, "default"],
    [null, "default"],
  ] as const) {
    it(`is ${JSON.stringify(text)} if ${JSON.stringify(stored)} is stored`, () =>
      assert.equal(textProperty({ p: stored }, "p", "default"), text));
  }

  it("is empty if it is missing and has no default", () => assert.equal(textProperty({}, "p"), ""));

  it("cannot be a number", () =>
    assert.throws(() => textProperty({ p: 5 }, "p"), isWrong("a number: it must be a text")));
});

describe("a property that is on or off", () => {
  for (const [stored, whatIsStored] of [
    [true, true],
    ["true", true],
    [" TRUE ", true],
    [false, false],
    ["false", false],
    [" False ", false],
  ] as const) {
    it(`is ${whatIsStored ? "on" : "off"} for ${JSON.stringify(stored)}, whatever its default is`, () => {
      for (const fallback of [true, false])
        assert.equal(flagProperty({ p: stored }, "p", fallback), whatIsStored);
    });
  }

  for (const stored of [undefined, null, "", "  "]) {
    it(`is what it is by default for ${JSON.stringify(stored)}`, () => {
      for (const fallback of [true, false])
        assert.equal(flagProperty({ p: stored }, "p", fallback), fallback);
    });
  }

  for (const [stored, kind] of [
    ["yes", "a text"],
    [1, "a number"],
    [["true"], "a list"],
  ] as const) {
    it(`cannot be ${JSON.stringify(stored)}`, () =>
      assert.throws(
        () => flagProperty({ p: stored }, "p", true),
        isWrong(`${kind}: it must be true or false`),
      ));
  }
});

describe("a property that holds a number", () => {
  for (const [stored, number] of [
    [8, 8],
    [0, 0],
    [-1.5, -1.5],
    ["8", 8],
    [" 0 ", 0],
    ["", 30],
    ["  ", 30],
    [undefined, 30],
    [null, 30],
  ] as const) {
    it(`is ${number} if ${JSON.stringify(stored)} is stored`, () =>
      assert.equal(numberProperty({ p: stored }, "p", 30), number));
  }

  for (const [what, stored, kind] of [
    ["a word", "soon", "a text"],
    ["the text of an infinite number", "Infinity", "a text"],
    ["NaN", NaN, "a number"],
    ["an infinite number", Infinity, "a number"],
    ["true", true, "true or false"],
    ["a list", [8], "a list"],
    ["an object", {}, "an object"],
  ] as const) {
    it(`cannot be ${what}`, () =>
      assert.throws(() => numberProperty({ p: stored }, "p", 30), isWrong(`${kind}: it must be a number`)));
  }
});

describe("the error for a property of a wrong type", () => {
  it("calls a value that no flow can store something else", () =>
    assert.ok(isWrong("something else: it must be a text")(wrongType("p", () => {}, "a text"))));
});
