import assert from "node:assert/strict";
import type { NodeStatus } from "node-red";
import { composeStatus } from "../../../nodes/spotify-now-playing/status";
import { SpotifyError, type PlaybackState, type Session } from "../../../src";

const RED = { _: (key: string) => key.replace("spotify-now-playing.", "") };

function shown(
  state: Partial<PlaybackState> | undefined,
  error?: SpotifyError,
  problem?: SpotifyError,
): NodeStatus {
  const signIns = { list: () => [{}] };
  const session = { state: "ready", signIns, player: { state, problem } } as unknown as Session;
  return composeStatus(RED, { account: { session, isLoaded: true }, problem: undefined, error });
}

function text(state: Partial<PlaybackState>): string | undefined {
  const status = shown({
    status: "playing",
    playing: true,
    type: "track",
    title: null,
    artist: null,
    ...state,
  });
  return (status as { text?: string }).text;
}

describe("the status of a spotify-now-playing", () => {
  it("is the title and the artist, if they are known", () => {
    assert.equal(text({ title: "A", artist: "B, C" }), "A · B, C");
    assert.equal(text({ title: "A" }), "A");
    assert.equal(text({ artist: "B" }), "B");
    assert.equal(text({}), "status.unknown");
    assert.equal(text({ type: "ad" }), "status.ad");
  });

  it("has at most 40 characters, and cuts no character in two", () => {
    const exact = "x".repeat(36);
    assert.equal(text({ title: exact, artist: "y" }), `${exact} · y`);
    const cut = text({ title: exact, artist: "yz" })!;
    assert.equal(cut, `${exact} ·…`);
    const notes = text({ title: "🎵".repeat(50) })!;
    assert.equal(notes, `${"🎵".repeat(39)}…`);
  });

  it("says that it is connecting until the state is known", () => {
    assert.deepEqual(shown(undefined), { fill: "yellow", shape: "ring", text: "status.connecting" });
  });

  it("is empty while the account has no session yet", () => {
    const facts = { account: { isLoaded: false }, problem: undefined, error: undefined };
    assert.deepEqual(composeStatus(RED, facts), {});
  });

  it("shows the error of the last message", () => {
    const error = new SpotifyError("TIMEOUT", "Too late.");
    assert.deepEqual(shown(undefined, error), { fill: "red", shape: "ring", text: "errors.TIMEOUT" });
  });

  it("says why nothing is known, and keeps the last known song unless the user must do something", () => {
    const late = new SpotifyError("TIMEOUT", "Too late.");
    const over = new SpotifyError("SIGN_IN_EXPIRED", "Sign in again.");
    const known: Partial<PlaybackState> = { status: "paused", playing: false, title: "A", artist: null };
    assert.equal((shown(undefined, undefined, late) as { text?: string }).text, "errors.TIMEOUT");
    assert.equal((shown(known, undefined, late) as { text?: string }).text, "A");
    assert.equal((shown(known, undefined, over) as { text?: string }).text, "errors.SIGN_IN_EXPIRED");
  });
});
