import assert from "node:assert/strict";
import { nextMatch, typedWords } from "../../../../../nodes/shared/editor/list-picker/type-ahead";

const TITLES = ["Jazz", "Dinner", "Party", "Dance", "Ärger"];

describe("Typing in a list", () => {
  const key = (text: string, timeStamp: number, ctrlKey = false): KeyboardEvent =>
    ({ key: text, timeStamp, ctrlKey, metaKey: false, altKey: false }) as KeyboardEvent;

  it("goes to the next row that begins with the letter, and from the last to the first", () => {
    assert.equal(nextMatch(TITLES, -1, "d"), 1);
    assert.equal(nextMatch(TITLES, 1, "D"), 3);
    assert.equal(nextMatch(TITLES, 3, "d"), 1);
    assert.equal(nextMatch(TITLES, 0, "ä"), 4);
  });

  it("stays on the row while more letters fit it, and goes on when they do not", () => {
    assert.equal(nextMatch(TITLES, 1, "di"), 1);
    assert.equal(nextMatch(TITLES, 1, "da"), 3);
  });

  it("finds nothing if no row fits, or there are no rows", () => {
    assert.equal(nextMatch(TITLES, 0, "x"), -1);
    assert.equal(nextMatch([], -1, "x"), -1);
  });

  it("combines letters until a pause", () => {
    const words = typedWords();
    assert.deepEqual([key("d", 0), key("a", 300), key(" ", 600), key("b", 2_000)].map(words), [
      "d",
      "da",
      "da ",
      "b",
    ]);
  });

  it("goes to the next row if the same letter is typed twice", () => {
    const words = typedWords();
    assert.deepEqual([key("d", 0), key("d", 100)].map(words), ["d", "d"]);
  });

  it("ignores keys that are not letters: arrows, shortcuts, and a space that picks", () => {
    const words = typedWords();
    assert.deepEqual([key("ArrowDown", 0), key("c", 1, true), key(" ", 2)].map(words), [
      undefined,
      undefined,
      undefined,
    ]);
  });
});
