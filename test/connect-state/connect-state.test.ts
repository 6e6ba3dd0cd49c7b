import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ConnectState } from "../../src/connect-state/connect-state";
import { SpotifyError } from "../../src/core/errors";
import { MAX_JSON_BYTES } from "../../src/dealer/message";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import {
  ClusterSchema,
  MemberType,
  PutStateReason,
  PutStateRequestSchema,
} from "../../src/proto/gen/connect_pb";
import { Spclient } from "../../src/spclient/spclient";
import { failureOf } from "../support/failure";
import { serveHttp, type HttpTestServer } from "../support/http-server";
import { deadAddress } from "../support/wiretap";

const OWN = new Set(["us", "hobs_us"]);
const NEVER = new AbortController().signal;
const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF_TYPE = { "content-type": "application/protobuf" };
const CLUSTER = Buffer.from(
  toBinary(ClusterSchema, create(ClusterSchema, { changedTimestampMs: 1n, device: { phone: {} } })),
);

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

describe("Registering with connect-state", () => {
  let server: HttpTestServer;
  let http: HttpClient;
  let answers: Answer[];
  let asked: { path: string; headers: IncomingMessage["headers"]; body: Buffer }[];
  let refusedTokens: string[];
  let refusedClientTokens: string[];
  let tokens: string[];
  let clientTokens: string[];
  let spclients: string[];

  beforeEach(async () => {
    answers = [];
    asked = [];
    refusedTokens = [];
    refusedClientTokens = [];
    tokens = ["token 1", "token 2", "token 3"];
    clientTokens = ["client token 1", "client token 2", "client token 3"];
    http = new HttpClient();
    server = await serveHttp((request, response) => void answer(request, response));
    spclients = [server.url];
  });

  afterEach(async () => {
    await http.close();
    await server.close();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
    const { status = 200, headers = PROTOBUF_TYPE, body: said = CLUSTER } = answers.shift() ?? {};
    response.writeHead(status, headers).end(said);
  }

  function connectState(): ConnectState {
    const spclient = new Spclient({
      http,
      guard: new RateLimitGuard(() => undefined),
      servers: {
        server: (_kind, another) => {
          if (another) spclients.push(spclients.shift()!);
          return Promise.resolve(spclients[0]!);
        },
      },
      token: {
        get: () => Promise.resolve(tokens[0]!),
        refused: (token) => {
          refusedTokens.push(token);
          if (tokens[0] === token) tokens.shift();
        },
      },
      clientToken: {
        get: () => Promise.resolve(clientTokens[0]!),
        refused: (token) => {
          refusedClientTokens.push(token);
          if (clientTokens[0] === token) clientTokens.shift();
        },
      },
      clientId: "f".repeat(32),
    });
    return new ConnectState(spclient);
  }

  function observe(state = connectState(), signal = NEVER): ReturnType<ConnectState["observe"]> {
    return state.observe("us", "connection/id+=", OWN, signal);
  }

  it("can say that a person looks at the list of devices, so that devices are woken", async () => {
    await connectState().observe("us", "connection/id+=", OWN, NEVER, true);
    const [{ path, body }] = asked as [(typeof asked)[0]];
    // Source: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md, of the desktop app.
    assert.equal(path, "PUT /connect-state/v1/devices/hobs_us?wake-devices=false");
    assert.equal(fromBinary(PutStateRequestSchema, body).putStateReason, PutStateReason.PICKER_OPENED);
  });

  it("is done by the observer in protobuf, with the same description of itself as the web player's", async () => {
    const view = await observe();
    assert.equal(view.isActive, false);
    assert.equal(view.has("phone"), true);
    const [{ path, headers, body }] = asked as [(typeof asked)[0]];
    assert.equal(path, "PUT /connect-state/v1/devices/hobs_us");
    assert.equal(headers["content-type"], "application/x-protobuf");
    assert.equal(headers.accept, "application/x-protobuf");
    assert.equal(headers.authorization, "Bearer token 1");
    assert.equal(headers["client-token"], "client token 1");
    assert.equal(headers["x-spotify-connection-id"], "connection/id+=");
    const { memberType, putStateReason, isActive, device } = fromBinary(PutStateRequestSchema, body);
    assert.equal(memberType, MemberType.CONNECT_STATE);
    assert.equal(putStateReason, PutStateReason.NEW_DEVICE);
    assert.equal(isActive, false);
    const capabilities = device?.deviceInfo?.capabilities;
    assert.equal(capabilities?.canBePlayer, false);
    assert.equal(capabilities.hidden, true);
    assert.equal(capabilities.needsFullPlayerState, true);
    assert.equal(capabilities.supportsGzipPushes, true);
    assert.equal(capabilities.isControllable, false);
  });

  it("also reads an answer in JSON", async () => {
    const headers = { "content-type": "application/json; charset=utf-8" };
    answers = [{ headers, body: '{"active_device_id":"phone","devices":{"phone":{}}}' }];
    const view = await observe();
    assert.equal(view.isActive, true);
    assert.equal(view.has("phone"), true);
  });

  it("fetches a new token once if one is refused with 401", async () => {
    answers = [{ status: 401 }];
    await observe();
    assert.deepEqual(refusedTokens, ["token 1"]);
    assert.equal(asked[1]?.headers.authorization, "Bearer token 2");
    answers = [{ status: 401 }, { status: 401 }, {}];
    await failureOf(observe(), "REQUEST_REFUSED");
    assert.equal(asked.length, 4);
    assert.deepEqual(refusedTokens, ["token 1", "token 2", "token 3"]);
  });

  for (const [status, trouble] of [
    [400, "INVALID_CLIENTTOKEN"],
    [401, "EXPIRED_CLIENTTOKEN"],
  ] as const) {
    it(`fetches a new client token once if one is refused (${trouble}), and keeps the access token`, async () => {
      const refusal = { status, headers: { "client-token-error": trouble } };
      answers = [refusal];
      await observe();
      assert.deepEqual(refusedClientTokens, ["client token 1"]);
      assert.deepEqual(refusedTokens, []);
      assert.equal(asked[1]?.headers["client-token"], "client token 2");
      answers = [refusal, refusal];
      const error = await failureOf(observe(), "REQUEST_REFUSED");
      assert.match(error.message, /client token/);
      assert.equal(asked.length, 4);
    });
  }

  for (const [status, code] of [
    [400, "REQUEST_REFUSED"],
    [403, "REQUEST_REFUSED"],
    [404, "REQUEST_REFUSED"],
    [204, "REQUEST_REFUSED"],
    [500, "UNREACHABLE"],
    [503, "UNREACHABLE"],
  ] as const) {
    it(`is ${code} if the answer is ${status}`, async () => {
      answers = [{ status }];
      await failureOf(observe(), code);
      assert.equal(asked.length, 1);
    });
  }

  it("is RATE_LIMITED for as long as Spotify says, and sends no request meanwhile", async () => {
    answers = [{ status: 429, headers: { "retry-after": "3600" } }];
    const state = connectState();
    assert.equal((await failureOf(observe(state), "RATE_LIMITED")).retryAfter, 3600);
    await failureOf(observe(state), "RATE_LIMITED");
    assert.equal(asked.length, 1);
  });

  for (const [form, headers] of Object.entries({ JSON: JSON_TYPE, protobuf: PROTOBUF_TYPE })) {
    for (const [what, body] of Object.entries({
      "text that is not JSON": "secret",
      "a JSON string": '"secret"',
      nothing: "",
      null: "null",
      "cut off": '{"devices":{"secret',
      "cut protobuf": CLUSTER.subarray(0, -1),
    })) {
      it(`is a PROTOCOL_ERROR without a quote if the answer is ${what} and its type is ${form}`, async () => {
        answers = [{ headers, body }];
        const error = await failureOf(observe(), "PROTOCOL_ERROR");
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
      });
    }

    it(`is a PROTOCOL_ERROR if the answer is endless, in ${form}`, async () => {
      answers = [{ headers, body: Buffer.alloc(9 << 20, " ") }];
      await failureOf(observe(), "PROTOCOL_ERROR");
    });
  }

  it("is a PROTOCOL_ERROR if JSON is larger than the limit for parsing", async () => {
    answers = [{ headers: JSON_TYPE, body: `{"devices":{}}${" ".repeat(MAX_JSON_BYTES)}` }];
    assert.match((await failureOf(observe(), "PROTOCOL_ERROR")).message, /too large/);
  });

  it("shows a device in protobuf, and reads the answer in the same way", async () => {
    answers = [{ body: Buffer.alloc(64, 0xff) }, {}];
    const device = { deviceId: "us", name: "Küche 🍳", clientId: "f".repeat(32) };
    await failureOf(connectState().show(device, "id", OWN, NEVER), "PROTOCOL_ERROR");
    assert.equal((await connectState().show(device, "id", OWN, NEVER)).isActive, false);
    assert.equal(asked[1]?.path, "PUT /connect-state/v1/devices/us");
    assert.equal(asked[1].headers["content-type"], "application/x-protobuf");
    assert.match(asked[1].body.toString(), /Küche 🍳/);
  });

  it("goes to another server if one does not answer, and stays there", async () => {
    spclients = [`http://${await deadAddress()}`, server.url];
    const state = connectState();
    await failureOf(observe(state), "UNREACHABLE");
    await observe(state);
    await observe(state);
    assert.equal(asked.length, 2);
  });

  it("goes to another server if one has a problem", async () => {
    spclients = [server.url, `http://${await deadAddress()}`];
    answers = [{ status: 503 }];
    const state = connectState();
    await failureOf(observe(state), "UNREACHABLE");
    assert.match((await failureOf(observe(state), "UNREACHABLE")).message, /cannot be reached/);
  });

  it("stays with its server if the caller aborted the request", async () => {
    spclients = [server.url, `http://${await deadAddress()}`];
    const state = connectState();
    const stop = new AbortController();
    const reason = new SpotifyError("CLOSED", "Over.");
    const observing = failureOf(observe(state, stop.signal), "CLOSED");
    stop.abort(reason);
    assert.equal(await observing, reason);
    await observe(state);
  });

  it("survives a connection ID that cannot be a header value", async () => {
    for (const id of ["a\nb", "\u0000", "é\u{1f600}"]) {
      await failureOf(connectState().observe("us", id, OWN, NEVER));
    }
  });
});
