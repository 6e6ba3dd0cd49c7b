import assert from "node:assert/strict";
import { CLIENT_IDS, parseClientId, platformClientId } from "../../src";
import { thrownBy } from "../support/failure";
import { useStage } from "../support/stage";

const OWN_APP = "0123456789abcdef0123456789abcdef";

describe("a session's client ID", () => {
  const stage = useStage();

  it("is the platform's if none is configured", () => {
    for (const platform of ["linux", "darwin", "win32", "freebsd", "openbsd", "anything"]) {
      assert.equal(platformClientId(platform), CLIENT_IDS.keymaster);
    }
    assert.equal(platformClientId("android"), CLIENT_IDS.android);
    assert.equal(platformClientId("ios"), CLIENT_IDS.ios);
    assert.equal(stage.current.session(undefined, { clientId: "" }).clientId, platformClientId());
  });

  it("can be configured only by name or by its 32 hex digits", () => {
    assert.equal(parseClientId(" Android "), CLIENT_IDS.android);
    assert.equal(parseClientId(OWN_APP.toUpperCase()), OWN_APP);
    for (const wrong of ["", "x", OWN_APP.slice(1), `${OWN_APP}0`, "__proto__", 5, null, undefined]) {
      thrownBy(() => parseClientId(wrong), "INVALID_ARGUMENT");
    }
    thrownBy(() => stage.current.session(undefined, { clientId: "nobody" }), "INVALID_ARGUMENT");
  });

  it("changes when Spotify says so; the event has the time, the app, the device and the reason", () => {
    stage.current.time.moveCalendar(0);
    const at = Date.now();
    const session = stage.current.session(undefined);
    const changes: unknown[] = [];
    session.on("clientId", (change) => changes.push(change));
    const device = { id: "1", name: "Anna's phone" };
    session.setClientId("android", "remote-frame", device);
    session.setClientId("android", "cluster");
    session.setClientId(OWN_APP, "cluster");
    assert.deepEqual(changes, [
      { clientId: CLIENT_IDS.android, previous: CLIENT_IDS.keymaster, reason: "remote-frame", device, at },
      { clientId: OWN_APP, previous: CLIENT_IDS.android, reason: "cluster", at },
    ]);
    assert.equal(session.clientId, OWN_APP);
    assert.equal(session.clientIdState.reason, "cluster");
    assert.equal(session.clientIdState.since, at);
  });

  it("does not change if it is pinned; what Spotify sends is reported, once for each app", () => {
    stage.current.time.moveCalendar(0);
    const at = Date.now();
    const session = stage.current.session(undefined, { followClientId: false });
    const events: unknown[] = [];
    session.on("clientId", (change) => events.push(change));
    session.on("clientIdReport", (report) => events.push(report));
    for (let i = 0; i < 3; i++) session.setClientId("android", "remote-frame");
    assert.equal(session.clientId, CLIENT_IDS.keymaster);
    session.setClientId("ios");
    assert.equal(session.clientId, CLIENT_IDS.ios);
    assert.deepEqual(events, [
      { clientId: CLIENT_IDS.android, kept: CLIENT_IDS.keymaster, reason: "remote-frame", at },
      { clientId: CLIENT_IDS.ios, previous: CLIENT_IDS.keymaster, reason: "configured", at },
    ]);
  });

  it("is refused if it is invalid, and changes nothing", () => {
    const session = stage.current.session(undefined);
    thrownBy(() => session.setClientId("nonsense", "remote-frame"), "INVALID_ARGUMENT");
    assert.equal(session.clientId, CLIENT_IDS.keymaster);
  });
});
