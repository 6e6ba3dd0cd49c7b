import assert from "node:assert/strict";
import { ANSWER_MARK } from "../../../nodes/shared/answer-mark";
import { answerHeaders } from "../../../nodes/spotify-request/answer-headers";

describe("the headers of an answer in a message", () => {
  const keptOf = (headers: Parameters<typeof answerHeaders>[0]): unknown => {
    const { [ANSWER_MARK]: mark, ...kept } = answerHeaders(headers);
    assert.equal(typeof mark, "string");
    return kept;
  };

  it("are those that say something about the answer", () => {
    const headers = { "content-type": "application/json", etag: '"1"', vary: "Accept" };
    assert.deepEqual(keptOf({ ...headers, date: undefined }), headers);
  });

  for (const name of [
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "set-cookie",
    "transfer-encoding",
    "upgrade",
  ]) {
    it(`do not have ${name}, which another request must not send on`, () =>
      assert.deepEqual(keptOf({ [name]: "x", etag: '"1"' }), { etag: '"1"' }));
  }
});
