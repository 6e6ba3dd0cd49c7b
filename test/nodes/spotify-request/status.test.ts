import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeStatus } from "node-red";
import { composeStatus, type StatusFacts } from "../../../nodes/spotify-request/status";
import { SpotifyError, type Session } from "../../../src";

const LONGEST = 40;

type Texts = Parameters<typeof composeStatus>[0]["_"];

/** Fills in the texts of a language, like Node-RED. */
function catalogOf(language: string): Texts {
  const file = join(__dirname, `../../../nodes/spotify-request/locales/${language}/spotify-request.json`);
  const catalog: unknown = JSON.parse(readFileSync(file, "utf8"));
  return (key: string, values: Record<string, string | number> = {}) => {
    let text: unknown = catalog;
    for (const part of key.split(".")) text = (text as Record<string, unknown>)[part];
    if (typeof text !== "string") throw new Error(`There is no text ${key}.`);
    return text.replaceAll(/__(\w+?)__/g, (_match, name: string) => String(values[name] ?? ""));
  };
}

const READY = { state: "ready", signIns: { list: () => [{}] } } as unknown as Session;

function shown(facts: Partial<StatusFacts>, language = "en-US"): NodeStatus {
  return composeStatus(
    { _: catalogOf(language) },
    {
      account: { session: READY, isLoaded: true },
      problem: undefined,
      progress: undefined,
      error: undefined,
      result: undefined,
      ...facts,
    },
  );
}

const text = (status: NodeStatus): string => (status as { text: string }).text;
const call = "GET /me/playlists";

describe("the status of a spotify-request", () => {
  it("is empty before the first message", () => assert.deepEqual(shown({}), {}));

  it("shows which call is under way, and then how many items are read", () => {
    assert.deepEqual(shown({ progress: { call } }), { fill: "yellow", shape: "dot", text: call });
    assert.equal(text(shown({ progress: { call, items: 50, total: 120 } })), "50 of 120");
    assert.equal(text(shown({ progress: { call, items: 50, total: undefined } })), "50 items");
  });

  it("then shows the answer's status", () => {
    assert.deepEqual(shown({ result: { statusCode: 200, items: 120 } }), {
      fill: "green",
      shape: "dot",
      text: "200 · 120 items",
    });
    assert.equal(text(shown({ result: { statusCode: 201, items: undefined } })), "201");
  });

  it("shows the error of a request, and its status", () => {
    const error = new SpotifyError("RATE_LIMITED", "Wait.", { statusCode: 429, retryAfter: 9 });
    assert.deepEqual(shown({ error, result: { statusCode: 200, items: 1 } }), {
      fill: "red",
      shape: "ring",
      text: "429 too many requests",
    });
    assert.equal(
      text(shown({ error: new SpotifyError("NOT_SIGNED_IN", "Nobody is signed in.") })),
      "not signed in",
    );
  });

  it("shows the present request rather than an earlier failure", () => {
    const error = new SpotifyError("TIMEOUT", "No answer.");
    assert.equal(text(shown({ progress: { call }, error })), call);
  });

  it("shows a problem of the node or the account rather than anything else", () => {
    const problem = new SpotifyError("INVALID_ARGUMENT", "The method is wrong.");
    assert.deepEqual(shown({ problem, progress: { call } }), {
      fill: "red",
      shape: "ring",
      text: "invalid input",
    });
    const account = { isLoaded: true, missing: "noAccount" } as const;
    assert.equal(text(shown({ account, result: { statusCode: 200, items: 1 } })), "no account");
  });

  for (const language of ["en-US", "de", "zh-CN"]) {
    it(`has at most ${LONGEST} characters, even with a long path and many items: ${language}`, () => {
      const long = `DELETE /${"🎵".repeat(500)}`;
      const error = new SpotifyError("UNTRUSTED_SERVER", "Not genuine.", { statusCode: 500 });
      const all = [
        shown({ progress: { call: long } }, language),
        shown({ progress: { call, items: 100_000, total: 100_000 } }, language),
        shown({ progress: { call, items: 100_000, total: undefined } }, language),
        shown({ result: { statusCode: 200, items: 100_000 } }, language),
        shown({ error }, language),
      ];
      for (const one of all) assert.ok(Array.from(text(one)).length <= LONGEST, text(one));
    });
  }
});
