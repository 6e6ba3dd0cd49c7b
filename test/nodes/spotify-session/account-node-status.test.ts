import assert from "node:assert/strict";
import { accountNodeStatus } from "../../../nodes/spotify-session/account-node-status";

type Node = Parameters<typeof accountNodeStatus>[1];

describe("the status of an account's own node", () => {
  const RED = { _: (key: string): string => key.slice(key.lastIndexOf(":") + 1) };
  const signIns = { list: (): object[] => [{}] };
  const app = { state: "idle", signIns };

  for (const [what, node, status] of [
    [
      "is green when the account is connected",
      { session: { state: "ready" }, isLoaded: true },
      { fill: "green", shape: "dot", text: "spotify-token.status.ready" },
    ],
    [
      "is a green ring for an account with nothing but apps",
      { session: app, isLoaded: true },
      { fill: "green", shape: "ring", text: "spotify-token.status.signedIn" },
    ],
    ["is empty until it is known who is signed in", { session: app, isLoaded: false }, {}],
    ["is empty without a session", { session: undefined, isLoaded: true }, {}],
    [
      "is that of every node of the account while it connects",
      { session: { state: "connecting" }, isLoaded: true },
      { fill: "yellow", shape: "ring", text: "spotify-token.status.connecting" },
    ],
    ["is empty in any other state", { session: { state: "closing" }, isLoaded: true }, {}],
  ] as const) {
    it(what, () => assert.deepEqual(accountNodeStatus(RED as never, node as unknown as Node), status));
  }
});
