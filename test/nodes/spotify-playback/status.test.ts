import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeStatus } from "node-red";
import { composeStatus, type StatusFacts } from "../../../nodes/spotify-playback/status";
import { SpotifyError, type PlaybackState, type Session, type Step } from "../../../src";

const LONGEST = 40;
const STEPS: readonly Step["name"][] = [
  "queued",
  "reading",
  "searching",
  "waking",
  "looking-on-lan",
  "transferring",
  "sending",
  "confirming",
  "fading",
];

type Texts = Parameters<typeof composeStatus>[0]["_"];

/** Fills in the texts of a language, like Node-RED. */
function catalogOf(language: string): Texts {
  const file = join(__dirname, `../../../nodes/spotify-playback/locales/${language}/spotify-playback.json`);
  const catalog: unknown = JSON.parse(readFileSync(file, "utf8"));
  return (key: string, values: Record<string, string | number> = {}) => {
    let text: unknown = catalog;
    for (const part of key.split(".")) text = (text as Record<string, unknown>)[part];
    if (typeof text !== "string") throw new Error(`There is no text ${key}.`);
    return text.replaceAll(/__(\w+?)__/g, (_match, name: string) => String(values[name] ?? ""));
  };
}

function shown(facts: Partial<StatusFacts>, language = "en-US"): NodeStatus {
  const session = { state: "ready", signIns: { list: () => [{}] } } as unknown as Session;
  return composeStatus(
    { _: catalogOf(language) },
    {
      account: { session, isLoaded: true },
      problem: undefined,
      step: undefined,
      error: undefined,
      device: undefined,
      state: undefined,
      ...facts,
    },
  );
}

function state(playing: boolean, name: string | null, volume: number | null): PlaybackState {
  return { playing, volume, device: name === null ? null : { name } } as unknown as PlaybackState;
}

const text = (status: NodeStatus): string => (status as { text: string }).text;

describe("the status of a spotify-playback", () => {
  it("shows what a command does, with its device", () => {
    assert.deepEqual(shown({ step: { name: "waking", device: "Kitchen" } }), {
      fill: "yellow",
      shape: "dot",
      text: "waking Kitchen…",
    });
    assert.equal(
      text(shown({ step: { name: "looking-on-lan", device: "Kitchen" } })),
      "looking for Kitchen…",
    );
    assert.equal(text(shown({ step: { name: "waking" }, device: "Kitchen" })), "waking Kitchen…");
    assert.equal(text(shown({ step: { name: "sending" }, device: "Kitchen" })), "sending…");
  });

  it("then shows where it plays and how loud, or that it is paused, or that nothing plays", () => {
    assert.deepEqual(shown({ state: state(true, "Kitchen", 20) }), {
      fill: "green",
      shape: "dot",
      text: "▶ Kitchen 20 %",
    });
    assert.deepEqual(shown({ state: state(false, "Kitchen", null) }), {
      fill: "grey",
      shape: "dot",
      text: "⏸ Kitchen",
    });
    const nameless = { name: null } as PlaybackState["device"];
    assert.equal(text(shown({ state: { ...state(true, "", 20), device: nameless } })), "▶ 20 %");
    assert.deepEqual(shown({ state: state(false, null, null) }), {
      fill: "grey",
      shape: "ring",
      text: "nothing is playing",
    });
  });

  it("shows the error of a command", () => {
    const missing = new SpotifyError("DEVICE_NOT_FOUND", "There is no such device.");
    assert.deepEqual(shown({ error: missing, device: "Kitchen", state: state(true, "Study", 5) }), {
      fill: "red",
      shape: "ring",
      text: "Kitchen not found",
    });
    const declined = new SpotifyError("RESTRICTED", "The device declines.");
    assert.equal(text(shown({ error: declined, device: "Kitchen" })), "not possible now");
  });

  it("names no device in an error if the command named none", () => {
    const missing = new SpotifyError("DEVICE_NOT_FOUND", "There is no such device.");
    assert.equal(text(shown({ error: missing })), "device not found");
  });

  it("is empty before the first command", () => {
    assert.deepEqual(shown({}), {});
  });

  it("shows a problem of the node's own properties, and one of the account's", () => {
    const problem = new SpotifyError("INVALID_ARGUMENT", "The property is wrong.");
    const ofNode = shown({ problem, state: state(true, "Kitchen", 20) });
    assert.deepEqual([ofNode.fill, text(ofNode)], ["red", "invalid input"]);
    const ofAccount = shown({ account: { isLoaded: true, problem } });
    assert.deepEqual([ofAccount.fill, text(ofAccount)], ["red", "invalid input"]);
  });

  it("shows a problem of the account rather than anything else", () => {
    const connecting = { state: "connecting", signIns: { list: () => [{}] } } as unknown as Session;
    const account = { session: connecting, isLoaded: true };
    assert.equal(text(shown({ account, step: { name: "queued" } })), "connecting…");
    assert.equal(
      text(shown({ account: { isLoaded: true, missing: "noAccount" }, state: state(true, "Kitchen", 20) })),
      "no account",
    );
  });

  for (const language of ["en-US", "de", "zh-CN"]) {
    it(`has at most ${LONGEST} characters, even if a name is very long: ${language}`, () => {
      const device = "🎵".repeat(200);
      const error = new SpotifyError("DEVICE_NOT_FOUND", "There is no such device.");
      const all = [
        ...STEPS.map((name) => shown({ step: { name, device } }, language)),
        shown({ error, device }, language),
        shown({ state: state(true, device, 100) }, language),
      ];
      for (const one of all) assert.ok(Array.from(text(one)).length <= LONGEST, text(one));
    });
  }
});
