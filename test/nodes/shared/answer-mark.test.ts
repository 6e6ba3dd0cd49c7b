import assert from "node:assert/strict";
import { ANSWER_MARK, marked, type AnswerHeaders } from "../../../nodes/shared/answer-mark";

/** The function with which the core http request node computes the mark. */
const hashSum = require("hash-sum") as (value: unknown) => string;

describe("the mark after the headers of an answer", () => {
  for (const headers of [
    {},
    { "content-type": "application/json; charset=utf-8" },
    { b: "2", a: "1", "x-empty": "" },
    { date: "Thu, 26 Nov 2026 12:00:00 GMT", etag: 'W/"ü🎵"', vary: ["Accept", "Origin"] },
    { many: Array.from({ length: 12 }, (_, i) => `value ${i}`), one: ["a"], none: [] },
    { long: "x".repeat(10_000) },
  ] as AnswerHeaders[]) {
    it(`is the same as in the core http request node: ${JSON.stringify(headers).slice(0, 60)}`, () => {
      assert.deepEqual(marked(headers), { ...headers, [ANSWER_MARK]: hashSum(headers) });
    });
  }

  it("is after the headers, so headers that a flow adds later come after the mark", () => {
    assert.deepEqual(Object.keys(marked({ a: "1", b: "2" })), ["a", "b", ANSWER_MARK]);
  });
});
