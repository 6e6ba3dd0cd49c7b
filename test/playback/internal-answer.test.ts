import assert from "node:assert/strict";
import type { HttpResponse } from "../../src/net/client";
import { accepted, isRefused, isUnknownCommand } from "../../src/playback/internal-answer";
import { RouteRefusal } from "../../src/playback/route";
import { KITCHEN } from "./support/scenes";

const answer = (status: number, body: object = {}): HttpResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});

const UNKNOWN = { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" };
const DECLINED = { error_type: "DEVICE_DECLINED", reasons: ["no_next_track"] };

const read = (response: HttpResponse): string | undefined => accepted(response, { kind: "next" }, KITCHEN);

describe("The answer to a command", () => {
  for (const status of [200, 202, 299]) {
    it(`names the push that follows: ${status}`, () => {
      assert.equal(read(answer(status, { ack_id: "the ack" })), "the ack");
    });
  }

  it("may name no push", () => assert.equal(read(answer(200)), undefined));

  for (const [what, response, words] of [
    ["a redirect", answer(300, { ack_id: "the ack" }), /\(HTTP 300\)/],
    ["a token that is not valid", answer(401, DECLINED), /\(HTTP 401, DEVICE_DECLINED\)/],
    ["no reason", answer(403), /“next” \(HTTP 403\)/],
    ["a reason that is not the device's", answer(404, { error_type: "NO_ROUTE" }), /\(HTTP 404, NO_ROUTE\)/],
  ] as const) {
    it(`is a refusal by Spotify, so that another route may be tried: ${what}`, () => {
      assert.equal(isRefused(response), true);
      assert.throws(
        () => read(response),
        (error) => {
          assert.ok(error instanceof RouteRefusal);
          assert.equal(error.error.code, "REQUEST_REFUSED");
          assert.match(error.message, words);
          return true;
        },
      );
    });
  }

  for (const [what, response, code, words] of [
    ["the device is gone", answer(404, { error_type: "DEVICE_NOT_FOUND" }), "DEVICE_NOT_FOUND", /Kitchen/],
    [
      "the device disappeared",
      answer(404, { error_type: "DEVICE_DISAPPEARED" }),
      "DEVICE_NOT_FOUND",
      /Kitchen/,
    ],
    [
      "the device is gone, for a reason",
      answer(404, { error_type: "DEVICE_NOT_FOUND", reasons: ["x"] }),
      "DEVICE_NOT_FOUND",
      /Kitchen/,
    ],
    ["the device does not know the command", answer(400, UNKNOWN), "RESTRICTED", /Kitchen does not know/],
    ["the device declines it", answer(403, DECLINED), "RESTRICTED", /nothing comes after/],
  ] as const) {
    it(`is an error that no other route would mend: ${what}`, () => {
      assert.equal(isRefused(response), false);
      assert.throws(() => read(response), { code, message: words });
    });
  }

  it("is no refusal if the command was accepted", () => assert.equal(isRefused(answer(200)), false));

  it("keeps the reason of a device that does not know the command", () => {
    assert.throws(() => read(answer(400, UNKNOWN)), { reason: UNKNOWN.error_type });
  });

  for (const [what, response, isUnknown] of [
    ["does not know it", answer(400, UNKNOWN), true],
    ["declines it", answer(403, DECLINED), false],
    ["takes it", answer(200, UNKNOWN), false],
  ] as const) {
    it(`tells whether the device knows the command: it ${what}`, () => {
      assert.equal(isUnknownCommand(response), isUnknown);
    });
  }
});
