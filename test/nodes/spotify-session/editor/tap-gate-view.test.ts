import assert from "node:assert/strict";
import { readStatus, type SessionStatus } from "../../../../nodes/spotify-session/editor/status";
import { tapGateView } from "../../../../nodes/spotify-session/editor/tap-gate-view";

const signIns = [{ id: "stored", way: "stored", by: "tap", username: "mira" }];
const status = (answer: object = {}): SessionStatus => {
  const ready = { state: "ready", clientId: "", visibility: "visible", username: "mira", signIns };
  const read = readStatus({ ...ready, ...answer });
  assert.ok(read);
  return read;
};
const when = (time: number): string => `at ${time}`;

describe("who may sign in by a tap, in the dialog", () => {
  it("is only the account that is signed in, no matter how it signed in", () => {
    for (const by of ["tap", "pairing", "import"]) {
      const found = status({ signIns: [{ ...signIns[0], by }] });
      assert.deepEqual(tapGateView(found, when), {
        line: { key: "tapGate.owner", values: { username: "mira" } },
        isOpen: false,
      });
    }
  });

  it("is everyone for a while, if a person allowed it: until when, and whose sign-ins then end", () => {
    assert.deepEqual(tapGateView(status({ tapsOpenUntil: 5000 }), when), {
      line: { key: "tapGate.open", values: { username: "mira", time: "at 5000" } },
      isOpen: true,
    });
  });

  it("is not shown if the account is not on the LAN, or not signed in", () => {
    for (const found of [
      "loading",
      "notDeployed",
      status({ visibility: "off" }),
      status({ isDeployed: false }),
      status({ signIns: [], username: null }),
    ] as const) {
      assert.equal(tapGateView(found, when), undefined);
    }
  });
});
