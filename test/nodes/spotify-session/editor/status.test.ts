import assert from "node:assert/strict";
import { readStatus, type SessionStatus, viewOf } from "../../../../nodes/spotify-session/editor/status";
import { CLIENT_IDS } from "../../../../src/core/knowledge";

const ready: SessionStatus = {
  isDeployed: true,
  isOpen: true,
  state: "ready",
  username: "mira",
  clientId: CLIENT_IDS.keymaster,
  clientIdReason: "configured",
  clientIdSince: 1000,
  clientIdDevice: null,
  clientIdReport: null,
  visibility: "off",
  visibilityError: "",
  deviceName: "",
  tapRefused: null,
  tapsOpenUntil: null,
  error: null,
  stateProblem: null,
  connectedSince: 2000,
  signIns: [],
};
const when = (time: number): string => `at ${time}`;

describe("a session's status in its dialog", () => {
  it("is green, and names the account, the time and the client ID", () => {
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

  it("says what is wrong with the place where the account stores its state", () => {
    const stateProblem = { kind: "write", file: "/data/x.state", cause: "ENOSPC", message: "…", extra: 1 };
    const read = readStatus({ ...ready, stateProblem });
    assert.ok(read);
    assert.deepEqual(viewOf(read, when).details.at(-1), {
      key: "panel.state-write",
      values: { file: "/data/x.state", keptAs: "", cause: "ENOSPC" },
    });
    const full = readStatus({ ...ready, stateProblem: { ...stateProblem, kind: "reserve" } });
    assert.equal(full && viewOf(full, when).details.at(-1)?.key, "panel.state-reserve");
    for (const odd of [undefined, null, "write", { kind: "odd" }]) {
      assert.equal(readStatus({ ...ready, stateProblem: odd })?.stateProblem, null);
    }
  });

  it("names the account whose tap was refused, the time, and the number of taps", () => {
    const tapRefused = { username: "mallory", at: 3000, count: 1 };
    const once = readStatus({ ...ready, visibility: "visible", tapRefused });
    assert.deepEqual(viewOf(once!, when).details.at(-1), {
      key: "panel.tapRefused",
      values: { username: "mallory", time: "at 3000" },
    });
    const often = readStatus({ ...ready, visibility: "visible", tapRefused: { ...tapRefused, count: 7 } });
    assert.deepEqual(viewOf(often!, when).details.at(-1), {
      key: "panel.tapsRefused",
      values: { username: "mallory", time: "at 3000", number: 7 },
    });
    for (const odd of [undefined, null, "mallory", { username: "mallory" }]) {
      assert.equal(readStatus({ ...ready, tapRefused: odd })?.tapRefused, null);
    }
  });

  it("names the other Node-RED that uses the same folder", () => {
    const cause = "raspberrypi, pid 4711";
    const stateProblem = { kind: "shared-folder", file: "/data/.lock", cause };
    const view = viewOf(readStatus({ ...ready, stateProblem })!, when);
    assert.deepEqual(view.details.at(-1), {
      key: "panel.state-shared-folder",
      values: { file: "/data/.lock", keptAs: "", cause },
    });
    assert.equal(view.offersUseHere, false);
  });

  it("offers to use the sign-ins of a copy here, if the account is deployed", () => {
    const stateProblem = { kind: "copied", file: "/data", cause: "" };
    const view = viewOf(readStatus({ ...ready, stateProblem })!, when);
    assert.equal(view.details.at(-1)?.key, "panel.state-copied");
    assert.equal(view.offersUseHere, true);
    const undeployed = readStatus({ ...ready, isDeployed: false, stateProblem })!;
    assert.equal(viewOf(undeployed, when).offersUseHere, false);
    assert.equal(viewOf(ready, when).offersUseHere, false);
  });

  it("says once that the account is not signed in", () => {
    const error = { code: "NOT_SIGNED_IN", message: "…" };
    const signedOut: SessionStatus = { ...ready, state: "idle", username: null, error };
    const view = viewOf(signedOut, when);
    assert.deepEqual([view.title.key, view.error], ["panel.notSignedIn", null]);
    assert.equal(viewOf({ ...signedOut, state: "closed" }, when).error, error);
  });

  it("says that Spotify changed the client ID, when, and which device caused it", () => {
    const taken: SessionStatus = { ...ready, clientId: CLIENT_IDS.android, clientIdReason: "remote-frame" };
    const [, byNobody] = viewOf(taken, when).details;
    assert.equal(byNobody?.key, "panel.clientIdTaken");
    assert.equal(byNobody?.values?.["time"], "at 1000");
    assert.deepEqual(byNobody?.names, { name: "android" });
    const [, byPhone] = viewOf({ ...taken, clientIdDevice: "Anna’s phone (Google Pixel 8)" }, when).details;
    assert.equal(byPhone?.key, "panel.clientIdTakenBy");
    assert.equal(byPhone?.values?.["device"], "Anna’s phone (Google Pixel 8)");
  });

  it("shows the first digits of a client ID that has no name", () => {
    const clientId = "d8a5ed958d274c2e8ee717e6a4b0971d";
    const [, line] = viewOf({ ...ready, clientId, clientIdReason: "cluster" }, when).details;
    assert.equal(line?.values?.["name"], "d8a5ed95…");
    assert.deepEqual(line?.names, {});
  });

  it("says for a pinned client ID what Spotify sent, when, and from which device", () => {
    const report = { clientId: CLIENT_IDS.android, kept: CLIENT_IDS.keymaster, device: null, at: 3000 };
    const [, line] = viewOf({ ...ready, clientIdReport: report }, when).details;
    assert.equal(line?.key, "panel.clientIdKept");
    assert.deepEqual(line?.names, { name: "keymaster", sent: "android" });
    assert.equal(line?.values?.["time"], "at 3000");
    const from = { ...report, device: "Anna’s phone" };
    assert.equal(viewOf({ ...ready, clientIdReport: from }, when).details[1]?.key, "panel.clientIdKeptFrom");
  });

  it("shows under which name the LAN sees it, or that the LAN does not see it", () => {
    const line = (visibility: SessionStatus["visibility"], visibilityError = ""): unknown =>
      viewOf({ ...ready, visibility, visibilityError, deviceName: "Kitchen" }, when).details[2];
    assert.equal(line("off"), undefined);
    const values = { device: "Kitchen", reason: "" };
    assert.deepEqual(line("visible"), { key: "panel.visibility-visible", values });
    assert.deepEqual(line("failed", "No network."), {
      key: "panel.visibility-failed",
      values: { ...values, reason: "No network." },
    });
  });

  it("names a device by the data that its app has sent", () => {
    const device = (clientIdDevice: unknown): string | null | undefined =>
      readStatus({ ...ready, clientIdDevice })?.clientIdDevice;
    assert.equal(
      device({ id: "1", name: "Anna", brand: "Google", model: "Pixel 8" }),
      "Anna (Google Pixel 8)",
    );
    assert.equal(device({ id: "1", name: "Anna" }), "Anna");
    assert.equal(device({ id: "1", model: "Pixel 8" }), "Pixel 8");
    assert.equal(device({ id: "1", name: 7 }), null);
    assert.equal(device("Anna"), null);
  });

  it("is yellow while connecting, red if an error stopped it, grey if nothing is expected of it", () => {
    const error = { code: "BAD_CREDENTIALS", message: "Sign in again." };
    assert.equal(viewOf({ ...ready, state: "connecting" }, when).light, "yellow");
    assert.equal(viewOf({ ...ready, state: "reconnecting", error }, when).light, "yellow");
    assert.equal(viewOf({ ...ready, state: "closed", error }, when).light, "red");
    assert.equal(viewOf({ ...ready, state: "idle" }, when).light, "grey");
    assert.equal(viewOf("notDeployed", when).light, "grey");
    assert.equal(viewOf("noAnswer", when).light, "red");
  });

  it("does not say of a closed account that it is not signed in, because that is not known", () => {
    const closed: SessionStatus = { ...ready, isOpen: false, state: "idle", username: null };
    assert.equal(viewOf(closed, when).title.key, "panel.idle");
    assert.equal(viewOf({ ...closed, isOpen: true }, when).title.key, "panel.notSignedIn");
    const error = { code: "INVALID_ARGUMENT", message: "It cannot be opened.", reason: "otherHost" };
    const { error: told, light } = viewOf({ ...closed, error }, when);
    assert.deepEqual([told, light], [error, "red"]);
  });

  it("says how long the sign-in of an account that is not deployed is kept", () => {
    const { details } = viewOf({ ...ready, isDeployed: false }, when);
    assert.deepEqual(details, [{ key: "panel.kept" }]);
  });

  it("reads only the known parts of an answer", () => {
    assert.deepEqual(readStatus({ ...ready, more: true }), ready);
    assert.equal(readStatus("<html>"), undefined);
    assert.equal(readStatus(null), undefined);
    assert.equal(readStatus({ ...ready, state: "dancing" }), undefined);
    assert.deepEqual(readStatus({ state: "idle", clientId: "" }), {
      isDeployed: true,
      isOpen: true,
      state: "idle",
      username: null,
      clientId: "",
      clientIdReason: "configured",
      clientIdSince: 0,
      clientIdDevice: null,
      clientIdReport: null,
      visibility: "off",
      visibilityError: "",
      deviceName: "",
      tapRefused: null,
      tapsOpenUntil: null,
      error: null,
      stateProblem: null,
      connectedSince: null,
      signIns: [],
    });
  });
});
