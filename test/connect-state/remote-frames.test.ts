import assert from "node:assert/strict";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { readFrame, remoteUri } from "../../src/connect-state/remote-frames";
import { FrameSchema, MessageType, type Frame } from "../../src/proto/gen/spirc_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";

const OURS = "0123456789abcdef0123456789abcdef01234567";

type Init = Exclude<MessageInitShape<typeof FrameSchema>, Frame>;

function frame(init: Init = {}): Uint8Array {
  return toBinary(
    FrameSchema,
    create(FrameSchema, {
      ident: "phone",
      typ: MessageType.kMessageTypeNotify,
      deviceState: {
        name: "Anna's phone",
        metadata: [
          { type: "client_id", metadata: CLIENT_IDS.android },
          { type: "brand_display_name", metadata: "Google" },
          { type: "model_display_name", metadata: "Pixel 9" },
          { type: "something_new", metadata: "?" },
        ],
      },
      ...init,
    }),
  );
}

describe("A remote frame", () => {
  it("names the app that sent it: its client ID, and the device's name, brand and model", () => {
    assert.deepEqual(readFrame(frame(), OURS), {
      kind: "client",
      clientId: CLIENT_IDS.android,
      device: { id: "phone", name: "Anna's phone", brand: "Google", model: "Pixel 9" },
    });
  });

  it("is for us if it names us among its recipients, or names no recipient", () => {
    assert.ok(readFrame(frame({ recipient: [] }), OURS));
    assert.ok(readFrame(frame({ recipient: ["other", OURS] }), OURS));
    assert.equal(readFrame(frame({ recipient: ["other"] }), OURS), undefined);
  });

  it("from our own device is ignored", () => {
    assert.equal(readFrame(frame({ ident: OURS }), OURS), undefined);
  });

  it("says goodbye, regardless of its other fields", () => {
    const goodbye = frame({ typ: MessageType.kMessageTypeGoodbye });
    assert.deepEqual(readFrame(goodbye, OURS), { kind: "goodbye", deviceId: "phone" });
  });

  for (const [what, metadata] of [
    ["no client ID", []],
    ["an invalid client ID", [{ type: "client_id", metadata: "android" }]],
    ["a client ID with a line break in it", [{ type: "client_id", metadata: `${CLIENT_IDS.ios}\n` }]],
  ] as const) {
    it(`with ${what} is ignored`, () => {
      assert.equal(readFrame(frame({ deviceState: { metadata: [...metadata] } }), OURS), undefined);
    });
  }

  it("may have names of any length and with any characters: they become short and fit on one line", () => {
    const name = `\u001b[31mred\r\n\u202eolleh\u0000 ${"x".repeat(100_000)}`;
    const news = readFrame(
      frame({ deviceState: { name, metadata: [{ type: "client_id", metadata: CLIENT_IDS.ios }] } }),
      OURS,
    );
    assert.ok(news?.kind === "client");
    assert.match(news.device?.name ?? "", /^\[31mred olleh x{20,60}$/u);
  });

  it("that is damaged, empty or huge is ignored", () => {
    const whole = frame();
    for (let length = 0; length < whole.length; length++) readFrame(whole.subarray(0, length), OURS);
    assert.equal(readFrame(Buffer.from("garbage"), OURS), undefined);
    assert.equal(readFrame(Buffer.alloc(2 << 20), OURS), undefined);
    assert.equal(readFrame(Buffer.alloc(0), OURS), undefined);
  });

  it("comes with the account's address, with any characters in the account's name", () => {
    assert.equal(remoteUri("anna"), "hm://remote/user/anna/");
    assert.equal(remoteUri("a/b?c é"), "hm://remote/user/a%2Fb%3Fc%20%C3%A9/");
  });
});
