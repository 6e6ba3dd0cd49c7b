import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  MAX_JSON_BYTES,
  MAX_UNPACKED_BYTES,
  messagePayload,
  readDealerText,
  requestDocument,
  type DealerMessage,
  type DealerRequest,
} from "../../src/dealer/message";
import { failureOf, thrownBy } from "../support/failure";

function read(document: unknown): ReturnType<typeof readDealerText> {
  return readDealerText(Buffer.from(JSON.stringify(document)));
}

function pushed(payload: unknown, headers: Record<string, string> = {}): DealerMessage {
  return { type: "message", uri: "hm://x", headers, payloads: [payload] };
}

function asked(compressed: string, headers: Record<string, string> = {}): DealerRequest {
  return { type: "request", key: "k", ident: "hm://x", headers, compressed };
}

const GZIP = { "transfer-encoding": "gzip" };

describe("A text from the dealer", () => {
  it("can be a message: the names of its headers become lower case", () => {
    const headers = { "Spotify-Connection-Id": "id", "TRANSFER-ENCODING": "gzip", number: 7 };
    assert.deepEqual(read({ type: "message", uri: "hm://x", headers, payloads: ["AAAA"] }), {
      type: "message",
      uri: "hm://x",
      headers: { "spotify-connection-id": "id", "transfer-encoding": "gzip" },
      payloads: ["AAAA"],
    });
  });

  it("can be a request", () => {
    const request = { type: "request", key: "k", message_ident: "hm://x", payload: { compressed: "AAAA" } };
    assert.deepEqual(read(request), asked("AAAA"));
  });

  it("can be a ping or a pong", () => {
    assert.deepEqual(read({ type: "ping" }), { type: "ping" });
    assert.deepEqual(read({ type: "pong", more: 1 }), { type: "pong" });
  });

  it("of an unknown kind is ignored", () => {
    for (const type of ["advice", "__proto__", "constructor", 7, null, undefined]) {
      assert.equal(read({ type }), undefined);
    }
  });

  it("may lack optional fields, or have them with the wrong type", () => {
    const strange = read({ type: "message", uri: "hm://x", headers: [1], payloads: "none" });
    assert.deepEqual(strange, { type: "message", uri: "hm://x", headers: {}, payloads: [] });
    assert.deepEqual(read({ type: "request", key: "k", message_ident: 1, payload: [] }), {
      ...asked(""),
      ident: "",
    });
  });

  for (const [what, text] of Object.entries({
    "text that is not JSON": "secret",
    "cut JSON": '{"type":"message","uri":"secret',
    "a list": '["secret"]',
    nothing: "",
    null: "null",
    "a message without a URI": '{"type":"message","payloads":["secret"]}',
    "a request without a key": '{"type":"request","payload":{"compressed":"secret"}}',
    "a request with a very long key": JSON.stringify({
      type: "request",
      key: "secret".repeat(200),
    }),
    "too large": JSON.stringify({ type: "message", uri: "secret", payloads: ["A".repeat(MAX_JSON_BYTES)] }),
  })) {
    it(`is a PROTOCOL_ERROR without a quote: ${what}`, async () => {
      const error = thrownBy(() => readDealerText(Buffer.from(text)), "PROTOCOL_ERROR");
      assert.doesNotMatch(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, /secret/);
    });
  }

  it("may be nested to any depth", () => {
    const depth = 100_000;
    const text = `{"type":"message","uri":"hm://x","payloads":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    assert.equal(readDealerText(Buffer.from(text))?.type, "message");
  });

  it("does not change the objects of this program", () => {
    readDealerText(
      Buffer.from(
        '{"type":"message","uri":"hm://x","__proto__":{"polluted":1},"headers":{"__proto__":"x","constructor":"y"}}',
      ),
    );
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});

describe("The payload of a message", () => {
  it("is bytes, which are unpacked if they are packed", async () => {
    const bytes = Buffer.from("a cluster");
    assert.deepEqual(await messagePayload(pushed(bytes.toString("base64"))), bytes);
    assert.deepEqual(await messagePayload(pushed(gzipSync(bytes).toString("base64"), GZIP)), bytes);
  });

  it("is base64 with or without padding", async () => {
    for (const length of [0, 1, 2, 3, 4, 5]) {
      const bytes = Buffer.alloc(length, 7);
      const text = bytes.toString("base64");
      assert.deepEqual(await messagePayload(pushed(text)), bytes);
      assert.deepEqual(await messagePayload(pushed(text.replaceAll("=", ""))), bytes);
    }
  });

  it("is a document if it has one, and undefined if it has none", async () => {
    assert.deepEqual(await messagePayload(pushed({ cluster: {} })), { cluster: {} });
    for (const payload of [undefined, null, 7, true]) {
      assert.equal(await messagePayload(pushed(payload)), undefined);
    }
  });

  for (const [what, message] of Object.entries({
    "text that is not base64": pushed("*** no base64 ***"),
    "text that is half base64": pushed(`${"A".repeat(1000)}${"*".repeat(1000)}`),
    "bytes that are not gzip": pushed(Buffer.from("no gzip at all").toString("base64"), GZIP),
    "cut gzip": pushed(gzipSync(Buffer.alloc(5000, "x")).subarray(0, 20).toString("base64"), GZIP),
    "no bytes, marked as gzip": pushed("", GZIP),
    "packed in an unknown way": pushed("AAAA", { "transfer-encoding": "br" }),
    "packed in a way whose name all objects have": pushed("AAAA", { "transfer-encoding": "__proto__" }),
  })) {
    it(`is a PROTOCOL_ERROR: ${what}`, async () => {
      await failureOf(messagePayload(message), "PROTOCOL_ERROR");
    });
  }

  it("is unpacked without blocking the event loop", async () => {
    let hasTurned = false;
    setImmediate(() => (hasTurned = true));
    await messagePayload(pushed(gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES)).toString("base64"), GZIP));
    assert.ok(hasTurned);
  });

  it("may grow to 512 KiB, and not a byte more", async () => {
    const most = gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES)).toString("base64");
    assert.equal(((await messagePayload(pushed(most, GZIP))) as Buffer).length, 512 << 10);
    const more = gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1)).toString("base64");
    const error = await failureOf(messagePayload(pushed(more, GZIP)), "PROTOCOL_ERROR");
    assert.match(error.message, /too large/);
  });

  it("takes no longer if it is endless padding", async () => {
    const began = performance.now();
    await failureOf(messagePayload(pushed(`${"=".repeat(1_000_000)}A`)), "PROTOCOL_ERROR");
    assert.ok(performance.now() - began < 1_000);
  });
});

describe("The payload of a request", () => {
  it("is a document", async () => {
    const document = { command: { endpoint: "pause" } };
    const packed = gzipSync(JSON.stringify(document)).toString("base64");
    assert.deepEqual(await requestDocument(asked(packed, GZIP)), document);
  });

  for (const [what, request] of Object.entries({
    "text that is not JSON": asked(Buffer.from("secret").toString("base64")),
    nothing: asked(""),
    "too large": asked(gzipSync(JSON.stringify("x".repeat(MAX_JSON_BYTES))).toString("base64"), GZIP),
    "a bomb": asked(gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1)).toString("base64"), GZIP),
  })) {
    it(`is a PROTOCOL_ERROR without a quote: ${what}`, async () => {
      const error = await failureOf(requestDocument(request), "PROTOCOL_ERROR");
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
    });
  }
});
