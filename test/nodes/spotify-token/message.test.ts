/** What a message brings to a spotify-token, and what it takes with it. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { NodeAPI } from "node-red";
import { CLIENT_IDS, type Token } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { serveHttp } from "../../support/http-server";
import { Flow } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

const httpRequest = require("@node-red/nodes/core/network/21-httprequest.js") as (RED: NodeAPI) => void;

const PLACE = { z: "tab", x: 0, y: 0 };
const MARK = "x-node-red-request-node";
type Fields = Record<string, unknown>;

describe("a message to a spotify-token", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const deploy = (properties: Fields = {}): Promise<void> => flow.deploy(simulator, account, [properties]);
  const ask = async (message: Fields = {}): Promise<Fields> => await flow.ask(message);
  const isToken = (value: unknown): boolean => typeof (value as Token | undefined)?.accessToken === "string";

  describe("between two Web API calls", () => {
    for (const output of ["payload", ""])
      it(`starts the second one at once, without the headers of the first answer: token in "${output}"`, async () => {
        const asked: { method: string; headers: IncomingMessage["headers"]; body: string }[] = [];
        const server = await serveHttp((request, response) => {
          let body = "";
          request.on("data", (chunk) => (body += String(chunk)));
          request.on("end", () => {
            asked.push({ method: request.method ?? "", headers: request.headers, body });
            response.setHeader("set-cookie", "secret=of the first answer");
            response.setHeader("etag", '"first"');
            response.end("x".repeat(1_000));
          });
        });
        const call = (id: string, method: string, wires: string): Fields & { id: string; type: string } => {
          const request = { method, ret: "txt", url: server.url, paytoqs: "ignore", tls: "", proxy: "" };
          return { id, type: "http request", ...PLACE, ...request, wires: [[wires]] };
        };
        flow.types = [httpRequest];
        flow.more = [
          call("first", "GET", "t0"),
          call("second", "PUT", "out"),
          { id: "out", type: "recorder", ...PLACE },
        ];
        try {
          await flow.deploy(simulator, account, [{ output, wires: [["second"]] }]);
          (flow.node("first") as unknown as { receive(message: Fields): void }).receive({});
          const [answer] = await recordedUntil("out", (messages) => messages.length === 1);
          assert.equal((answer as unknown as Fields)["statusCode"], 200);
          const [, second] = asked;
          assert.equal(second?.method, "PUT");
          if (output === "")
            assert.equal(second.body.length, 1_000, "the payload is still what is to be sent");
          else assert.ok(isToken(JSON.parse(second.body)));
          assert.match(String(second.headers.authorization), /^Bearer /);
          for (const name of ["cookie", "set-cookie", "etag", "date", MARK])
            assert.ok(!(name in second.headers), name);
        } finally {
          await server.close();
        }
      }).timeout(20_000);

    it("loses only the headers before the mark, not those that the flow has set since", async () => {
      await deploy();
      const { headers, payload } = await ask({
        headers: { "content-length": "7", etag: "x", [MARK]: "0123abcd", "If-None-Match": "y", accept: "z" },
      });
      const { accessToken } = payload as Token;
      assert.deepEqual(headers, {
        "If-None-Match": "y",
        accept: "z",
        Authorization: `Bearer ${accessToken}`,
      });
    });

    it("keeps all headers if there is no mark", async () => {
      await deploy();
      const { headers } = await ask({ headers: { "content-type": "text/plain", etag: "mine" } });
      assert.deepEqual(Object.keys(headers as object), ["content-type", "etag", "Authorization"]);
    });
  });

  describe("gets the token", () => {
    it("in the property that the node names, and keeps its payload", async () => {
      await deploy({ output: "token" });
      const { payload, token } = await ask({ payload: "to be sent" });
      assert.equal(payload, "to be sent");
      assert.ok(isToken(token));
    });

    it("in a nested property, which is created if it is missing", async () => {
      await deploy({ output: "spotify.auth[0].token" });
      const { spotify, payload } = await ask({ payload: 1, spotify: { kept: true } });
      const { kept, auth } = spotify as { kept: boolean; auth: { token: unknown }[] };
      assert.ok(kept && isToken(auth[0]?.token));
      assert.equal(payload, 1);
    });

    it("only in its header if the node names no property", async () => {
      await deploy({ output: "" });
      const { payload, headers } = await ask({ payload: { uris: [] } });
      assert.deepEqual(payload, { uris: [] });
      assert.match((headers as { Authorization: string }).Authorization, /^Bearer /);
    });

    it("in its payload from a node of an older version", async () => {
      await deploy({ output: undefined });
      assert.ok(isToken((await ask({ payload: "old" }))["payload"]));
    });

    for (const message of [{ spotify: "a text" }, Object.freeze({ _msgid: "1", spotify: {} })]) {
      it(`or an error, if it has no place for the token: ${JSON.stringify(message)}`, async () => {
        await deploy({ output: "spotify.token", authorizationHeader: false });
        Object.freeze((message as Fields)["spotify"]);
        const { error, ...rest } = await flow.askInVain(message);
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /msg\.spotify\.token/);
        assert.ok(!JSON.stringify(rest).includes("accessToken"));
      });
    }

    it("not if the property's name is invalid: the error and the status say so", async () => {
      await deploy({ output: "a..b" });
      const { error } = await flow.askInVain();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /"a\.\.b"/);
      await flow.status("t0", ({ text }) => text === "spotify-token.errors.INVALID_ARGUMENT");
    });
  });

  describe("names", () => {
    for (const scopes of ["", [], " , ", [""], null, undefined]) {
      it(`no scopes with ${JSON.stringify(scopes)}: those of the node are used`, async () => {
        await deploy({ scopes: ["streaming"] });
        assert.deepEqual(((await ask({ scopes }))["payload"] as Token).scopes, ["streaming"]);
      });
    }

    for (const clientId of ["Best", " best ", "BEST"]) {
      it(`the best client ID in any spelling: ${JSON.stringify(clientId)}`, async () => {
        await flow.deploy(simulator, account, [{ clientId: "ios", version: 1 }], { clientId: "android" });
        const { payload } = await ask({ clientId });
        assert.equal((payload as Token).clientId, CLIENT_IDS.keymaster);
      });
    }

    for (const clientId of ["Keymaster", " keymaster ", "KEYMASTER"]) {
      it(`a public client ID in any spelling, like the node: ${JSON.stringify(clientId)}`, async () => {
        await flow.deploy(simulator, account, [{ clientId, version: 1, source: " Keymaster " }], {
          clientId: "ios",
        });
        assert.equal(((await ask())["payload"] as Token).clientId, CLIENT_IDS.keymaster);
        assert.equal(((await ask({ clientId }))["payload"] as Token).clientId, CLIENT_IDS.keymaster);
        assert.equal(simulator.stats.keymasterRequests.length, 1);
      });
    }

    it("scopes that replace invalid ones of the node", async () => {
      await deploy({ scopes: ["streaming!"] });
      assert.equal((await flow.askInVain()).error.code, "INVALID_ARGUMENT");
      assert.deepEqual(((await ask({ scopes: "streaming" }))["payload"] as Token).scopes, ["streaming"]);
    });
  });

  describe("loses the retryAfter of an earlier failure", () => {
    it("if it succeeds", async () => {
      await deploy();
      assert.ok(!("retryAfter" in (await ask({ retryAfter: 30 }))));
    });

    it("if it fails for a reason that waiting does not fix", async () => {
      await deploy();
      const caught = await flow.askInVain({ retryAfter: 30, scopes: 7 });
      assert.ok(!("retryAfter" in caught));
    });
  });

  describe("that says which token a server refused", () => {
    it("gets a new one, and so do all later messages", async () => {
      await deploy();
      const old = (await ask())["payload"] as Token;
      const out = await ask({ refused: old.accessToken });
      const fresh = out["payload"] as Token;
      assert.notEqual(fresh.accessToken, old.accessToken);
      assert.ok(!("refused" in out));
      assert.equal(((await ask())["payload"] as Token).accessToken, fresh.accessToken);
    });

    it("causes one request for it, no matter how many messages say so", async () => {
      flow.more = [{ id: "out", type: "recorder", ...PLACE }];
      await deploy({ wires: [["s0", "out"]] });
      const old = (await ask())["payload"] as Token;
      for (let i = 0; i < 50; i++) flow.send({ refused: old.accessToken });
      await recordedUntil("out", (messages) => messages.length === 51);
      await ask({ refused: old.accessToken });
      assert.equal(simulator.stats.keymasterRequests.length, 2);
      const fresh = recorded("out").slice(1);
      assert.equal(new Set(fresh.map(({ payload }) => (payload as Token).accessToken)).size, 1);
    });

    it("changes nothing if the token is unknown, or missing", async () => {
      await deploy();
      const { accessToken } = (await ask())["payload"] as Token;
      for (const refused of ["another", "", null, undefined]) {
        const out = await ask({ refused });
        assert.equal((out["payload"] as Token).accessToken, accessToken);
        assert.ok(!("refused" in out) || refused === undefined);
      }
    });

    it("does not show it to a Catch node or a log when it fails", async () => {
      await flow.deploy(simulator, undefined, [{}]);
      const caught = await flow.askInVain({ refused: "BQ-a-secret" });
      assert.equal(caught.error.code, "NOT_SIGNED_IN");
      assert.ok(!JSON.stringify(caught).includes("BQ-a-secret"));
    });
  });
});
