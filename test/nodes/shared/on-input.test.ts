import assert from "node:assert/strict";
import type { Node } from "node-red";
import { onInput, unusable } from "../../../nodes/shared/on-input";
import { SpotifyError } from "../../../src";

type Handler = Parameters<typeof onInput>[1];
type Listener = (message: object, send: () => void, done: (error?: unknown) => void) => void;

const MESSAGE = { _msgid: "m" };
const LIMITED = new SpotifyError("RATE_LIMITED", "Wait.");
const OTHER = new TypeError("Cannot read properties of null");

describe("a message to a node", () => {
  let finished: unknown[];
  let reported: unknown[];

  beforeEach(() => {
    finished = [];
    reported = [];
  });

  /** Gives a message to a node, and waits until it is handled. */
  async function sendTo(
    handle: Handler,
    done = (error?: unknown) => void finished.push(error),
  ): Promise<void> {
    let listener: Listener | undefined;
    const node = {
      on: (_event: string, given: Listener) => (listener = given),
      error: (error: unknown) => reported.push(error),
    } as unknown as Node;
    onInput(node, handle);
    listener!(MESSAGE, () => {}, done);
    await new Promise(setImmediate);
  }

  const codes = (errors: readonly unknown[]): unknown[] =>
    errors.map((error) => (error as SpotifyError | undefined)?.code);

  it("is handed on with the function that passes messages on", async () => {
    let given: unknown[] = [];
    await sendTo((...all) => void (given = all));
    assert.equal(given[0], MESSAGE);
    assert.equal(typeof given[1], "function");
  });

  for (const [when, handle] of [
    ["at once", () => {}],
    ["later", () => Promise.resolve()],
  ] as const) {
    it(`is completed once if it is handled ${when}`, async () => {
      await sendTo(handle);
      assert.deepEqual([finished, reported], [[undefined], []]);
    });
  }

  it("is not completed before it is handled", async () => {
    let finish = (): void => {};
    await sendTo(() => new Promise<void>((resolve) => (finish = resolve)));
    assert.deepEqual(finished, []);
    finish();
    await new Promise(setImmediate);
    assert.deepEqual(finished, [undefined]);
  });

  for (const [when, failWith] of [
    [
      "at once",
      (cause: Error): void => {
        throw cause;
      },
    ],
    ["later", (cause: Error): Promise<void> => Promise.reject(cause)],
  ] as const) {
    it(`fails once with the error that came ${when}`, async () => {
      await sendTo(() => failWith(LIMITED));
      assert.deepEqual([finished, reported], [[LIMITED], []]);
    });

    it(`is called unusable for any other error that came ${when}, because its own properties made it`, async () => {
      await sendTo(() => failWith(OTHER));
      assert.deepEqual(codes(finished), ["INVALID_ARGUMENT"]);
    });

    it(`fails once with an error that came ${when} if no Catch node can be told, and the node reports it`, async () => {
      await sendTo(
        () => failWith(LIMITED),
        () => {
          throw OTHER;
        },
      );
      assert.deepEqual(reported, [LIMITED]);
    });
  }

  for (const [when, handle] of [
    ["at once", () => {}],
    ["later", () => Promise.resolve()],
  ] as const) {
    it(`is reported as unusable if it is handled ${when}, but cannot be copied for a Complete node`, async () => {
      await sendTo(handle, () => {
        finished.push("called");
        throw OTHER;
      });
      assert.deepEqual([finished, codes(reported)], [["called"], ["INVALID_ARGUMENT"]]);
    });
  }
});

describe("an error of an input", () => {
  it("stays what it is if it is a SpotifyError", () => assert.equal(unusable(LIMITED), LIMITED));

  it("keeps any other error as its cause", () => assert.equal(unusable(OTHER).cause, OTHER));
});
