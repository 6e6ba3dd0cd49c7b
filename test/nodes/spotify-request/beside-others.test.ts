/** A spotify-request between other nodes that send requests to servers. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { NodeAPI } from "node-red";
import { serveHttp } from "../../support/http-server";
import { recordedUntil } from "../support/recorder";
import { RequestFlow } from "./request-flow";

const httpRequest = require("@node-red/nodes/core/network/21-httprequest.js") as (RED: NodeAPI) => void;

const PLACE = { z: "tab", x: 0, y: 0 };

describe("a spotify-request between two http requests", () => {
  let flow: RequestFlow;

  beforeEach(async () => {
    flow = await RequestFlow.begin();
  });

  afterEach(() => flow.end());

  it("sends on neither the headers of the first answer nor those of Spotify's answer", async () => {
    const asked: IncomingMessage["headers"][] = [];
    const server = await serveHttp((request, response) => {
      asked.push(request.headers);
      response.setHeader("set-cookie", "secret=of the first answer");
      response.setHeader("x-first", "1");
      response.end("fine");
    });
    const call = (id: string, wires: string): { id: string; type: string } => {
      const request = { method: "GET", ret: "txt", url: server.url, paytoqs: "ignore", tls: "", proxy: "" };
      return Object.assign({ id, type: "http request", ...PLACE, wires: [[wires]] }, request);
    };
    flow.flow.types = [httpRequest];
    flow.more = [call("first", "n0"), call("second", "out"), { id: "out", type: "recorder", ...PLACE }];
    try {
      await flow.deploy([{ path: "/me", wires: [["r0", "second"]] }]);
      flow.simulator.faults.webApiAnswer = {
        value: {
          status: 200,
          body: { id: "mira" },
          headers: { "x-of-spotify": "1", etag: '"of Spotify"', "set-cookie": "sp=private" },
        },
        times: 1,
      };
      (flow.flow.node("first") as unknown as { receive(message: object): void }).receive({});
      const [answer] = await recordedUntil("out", ({ length }) => length === 1);
      assert.equal((answer as unknown as { statusCode: number }).statusCode, 200);
      const [, second] = asked;
      const unwanted = [
        "x-first",
        "x-of-spotify",
        "etag",
        "cookie",
        "set-cookie",
        "content-type",
        "authorization",
      ];
      assert.deepEqual(
        unwanted.filter((name) => name in second!),
        [],
      );
      assert.ok(!Object.keys(second!).some((name) => name.startsWith("x-node-red")));
    } finally {
      await server.close();
    }
  }).timeout(20_000);

  it("keeps the private parts of Spotify's answer, such as cookies, out of the message", async () => {
    await flow.deploy([{ path: "/me" }]);
    flow.simulator.faults.webApiAnswer = {
      status: 200,
      body: {},
      headers: { "set-cookie": "sp=private", "x-of-spotify": "1" },
    };
    const message = await flow.send({ headers: { authorization: "mine" } });
    assert.equal(message.headers?.["x-of-spotify"], "1");
    assert.doesNotMatch(JSON.stringify(message), /private|Bearer|authorization/i);
  });
});
