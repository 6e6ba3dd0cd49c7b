import assert from "node:assert/strict";
import { tapView } from "../../../../../nodes/spotify-session/editor/sign-in/tap-view";
import { readStatus, type SessionStatus } from "../../../../../nodes/spotify-session/editor/status";

const status = (answer: object): SessionStatus => {
  const read = readStatus({ state: "idle", clientId: "", deviceName: "Kitchen", ...answer });
  assert.ok(read);
  return read;
};
const device = { device: "Kitchen" };

describe("signing in by a tap", () => {
  it("offers to make the session visible, and then says that this needs a deploy", () => {
    for (const found of ["notDeployed", "loading", status({ visibility: "off" })] as const) {
      assert.deepEqual(tapView(found, false), { kind: "none", line: { key: "tap.deploy" }, isOff: true });
      assert.deepEqual(tapView(found, true), { kind: "info", line: { key: "tap.deploy" }, isOff: false });
    }
  });

  it("waits for the tap while the account is not signed in, or only with the user's own app", () => {
    const waiting = { kind: "busy", line: { key: "tap.waiting", values: device }, isOff: false };
    assert.deepEqual(tapView(status({ visibility: "visible" }), true), waiting);
    const signIns = [{ id: "1", way: "app" }];
    assert.deepEqual(tapView(status({ visibility: "visible", signIns }), true), waiting);
  });

  it("says whose account the tap has signed in", () => {
    const signIns = [{ id: "stored", way: "stored", by: "tap", username: "mira" }];
    const { kind, line } = tapView(status({ visibility: "visible", signIns }), true);
    assert.deepEqual([kind, line], ["good", { key: "done.as", values: { username: "mira" } }]);
  });

  it("says that no tap is needed if the account is connected in another way", () => {
    const signIns = [{ id: "stored", way: "stored", by: "pairing" }];
    const { kind, line } = tapView(status({ visibility: "visible", signIns }), true);
    assert.deepEqual([kind, line], ["info", { key: "tap.needless", values: device }]);
  });

  it("says that the session is not visible on the LAN", () => {
    const failed = status({ visibility: "failed", visibilityError: "No network." });
    const { kind, line } = tapView(failed, true);
    assert.equal(kind, "bad");
    assert.deepEqual(line, { key: "panel.visibility-failed", values: { ...device, reason: "No network." } });
  });
});
