import assert from "node:assert/strict";
import type { NodeStatus } from "node-red";
import { composeStatus } from "../../../nodes/spotify-events/status";
import { CLIENT_IDS, type CurrentClientId, type Session } from "../../../src";

const RED = {
  _: (key: string, values: Record<string, string> = {}) =>
    [key.replace("spotify-events.status.", ""), ...Object.values(values)].join(" "),
} as Parameters<typeof composeStatus>[0];

function shown(clientIdState: Partial<CurrentClientId>): NodeStatus {
  const signIns = { list: () => [{}] };
  const session = { state: "ready", signIns, clientIdState } as unknown as Session;
  return composeStatus(RED, { session, isLoaded: true });
}

describe("the status of a spotify-events", () => {
  it("is that the account is connected", () => {
    assert.deepEqual(shown({ clientId: CLIENT_IDS.android, reason: "configured" }), {
      fill: "green",
      shape: "dot",
      text: "ready",
    });
  });

  for (const [clientId, name] of [
    [CLIENT_IDS.keymaster, "desktop"],
    [CLIENT_IDS.android, "android"],
    ["0123456789abcdef0123456789abcdef", "012345…"],
  ] as const) {
    it(`says which client ID Spotify has chosen, and since when: ${name}`, () => {
      const since = new Date(2026, 6, 21, 14, 5).getTime();
      assert.deepEqual(shown({ clientId, reason: "cluster", since }), {
        fill: "green",
        shape: "dot",
        text: `since ${name} 14:05`,
      });
    });
  }

  it("is empty while the account has no session yet", () => {
    assert.deepEqual(composeStatus(RED, { isLoaded: false }), {});
  });
});
