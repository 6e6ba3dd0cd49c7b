import assert from "node:assert/strict";
import { CATALOGUE } from "../simulator/world/catalogue";
import { serveHttp } from "../support/http-server";
import { useCaller } from "./support";

describe("An answer of the Web API", () => {
  const caller = useCaller();

  it("has the status, the headers and the document", async () => {
    const { status, headers, body, next } = await caller.current.request({ path: "/me" });
    assert.equal(status, 200);
    assert.match(String(headers["content-type"]), /^application\/json/);
    assert.equal(Object(body).id, caller.current.account.username);
    assert.equal(next, undefined);
  });

  it("without a body has null as its body", async () => {
    const { account } = caller.current;
    account.playback.stop();
    const { status, body } = await caller.current.request({ path: "/me/player" });
    assert.deepEqual([status, body], [204, null]);
  });

  const BODIES = {
    empty: null,
    null: null,
    text: "5imAck",
    html: "<html><title>Sign in to the hotel's network</title></html>",
    "invalid-json": '{"items": [',
  } as const;
  for (const [kind, expected] of Object.entries(BODIES)) {
    it(`that is ${kind} has the body ${JSON.stringify(expected)}`, async () => {
      caller.current.simulator.faults.webApiBody = kind as keyof typeof BODIES;
      const { status, body } = await caller.current.request({ path: "/me" });
      assert.deepEqual([status, body], [200, expected]);
    });
  }

  it("that is JSON with another content type has the document", async () => {
    caller.current.simulator.faults.webApiBody = "wrong-type";
    const { body } = await caller.current.request({ path: "/me" });
    assert.equal(Object(body).id, caller.current.account.username);
  });

  it("of more than 10 MB is refused", async () => {
    caller.current.simulator.faults.webApiBody = "too-large";
    const { message } = await caller.current.failure({ path: "/me" }, "PROTOCOL_ERROR");
    assert.match(message, /10485760 bytes/);
  });

  it("never makes us send a token to the host that it names", async () => {
    const seen: unknown[] = [];
    const other = await serveHttp((request, response) => {
      seen.push(request.headers);
      response.end("{}");
    });
    caller.current.stage.after(() => other.close());
    for (const status of [301, 302, 303, 307, 308]) {
      caller.current.simulator.faults.webApiAnswer = {
        status,
        headers: { location: `${other.url}/v1/me` },
      };
      const request = { method: "PUT", path: `/me/library?uris=${CATALOGUE.tracks[0]!.uri}` } as const;
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      const { message } = await caller.current.failure(request, "PROTOCOL_ERROR");
      assert.ok(!message.includes(other.address));
    }
    assert.deepEqual(seen, []);
  });
});
