import assert from "node:assert/strict";
import {
  readStatus,
  type SessionStatus,
  timeText,
  viewOf,
} from "../../../../nodes/spotify-session/editor/status";
import { CLIENT_IDS } from "../../../../src/tokens/knowledge";

const ready: SessionStatus = {
  state: "ready",
  username: "mira",
  clientId: CLIENT_IDS.keymaster,
  clientIdReason: "configured",
  clientIdSince: 1000,
  error: null,
  connectedSince: 2000,
  signIns: [],
};
const when = (time: number): string => `at ${time}`;

describe("a session's status in its dialog", () => {
  it("is green and says who, since when and as what", () => {
    const view = viewOf(ready, when);
    assert.equal(view.light, "green");
    assert.deepEqual(view.title, { key: "panel.readyAs", values: { username: "mira" } });
    assert.deepEqual(
      view.details.map(({ key }) => key),
      ["panel.since", "panel.clientId"],
    );
    assert.equal(view.details[0]?.values?.["time"], "at 2000");
    assert.deepEqual(view.details[1]?.names, { name: "keymaster" });
  });

  it("says that Spotify changed the client ID, and when", () => {
    const changed = viewOf({ ...ready, clientId: CLIENT_IDS.android, clientIdReason: "remote-frame" }, when);
    assert.equal(changed.details[1]?.key, "panel.clientId-remote-frame");
    assert.equal(changed.details[1]?.values?.["time"], "at 1000");
    assert.deepEqual(changed.details[1]?.names, { name: "android" });
  });

  it("is yellow on the way, red where an error stopped it, grey where nothing is expected of it", () => {
    const error = { code: "BAD_CREDENTIALS", message: "Sign in again." };
    assert.equal(viewOf({ ...ready, state: "connecting" }, when).light, "yellow");
    assert.equal(viewOf({ ...ready, state: "reconnecting", error }, when).light, "yellow");
    assert.equal(viewOf({ ...ready, state: "closed", error }, when).light, "red");
    assert.equal(viewOf({ ...ready, state: "idle" }, when).light, "grey");
    assert.equal(viewOf("notDeployed", when).light, "grey");
    assert.equal(viewOf("noAnswer", when).light, "red");
  });

  it("reads only what it knows of an answer", () => {
    assert.deepEqual(readStatus({ ...ready, more: true }), ready);
    assert.equal(readStatus("<html>"), undefined);
    assert.equal(readStatus(null), undefined);
    assert.equal(readStatus({ ...ready, state: "dancing" }), undefined);
    assert.deepEqual(readStatus({ state: "idle", clientId: "" }), {
      state: "idle",
      username: null,
      clientId: "",
      clientIdReason: "configured",
      clientIdSince: 0,
      error: null,
      connectedSince: null,
      signIns: [],
    });
  });

  it("writes a time of today without its date", () => {
    const noon = new Date(2026, 2, 4, 12, 5).getTime();
    assert.equal(timeText(noon, noon + 1000, "de"), "12:05");
    assert.match(timeText(noon, noon + 86_400_000, "de"), /4\. März.*12:05/);
  });
});
