import assert from "node:assert/strict";
import {
  dayText,
  readSignIns,
  type SignIn,
  signInViews,
  type SignInView,
} from "../../../../nodes/spotify-session/editor/sign-ins";
import { CLIENT_IDS } from "../../../../src/core/knowledge";

const DAY = 24 * 3600_000;
const NOW = 1_000 * DAY;
const OWN = "0123456789abcdef0123456789abcdef";

const app: SignIn = {
  id: "app-1",
  way: "app",
  by: undefined,
  clientId: OWN,
  username: "mira",
  since: NOW - DAY,
  until: NOW + 180 * DAY,
  ended: false,
  scopes: ["streaming"],
};

function view(changes: Partial<SignIn>): SignInView {
  const [only] = signInViews([{ ...app, ...changes }], NOW, (time) => `day ${time / DAY}`);
  assert.ok(only);
  return only;
}

describe("the list of sign-ins", () => {
  it("names a tap as a tap, and offers another one", () => {
    const tapped = view({ way: "stored", by: "tap", clientId: null, until: null });
    assert.deepEqual(tapped.title, { key: "signIns.tap" });
    assert.equal(view({ way: "stored", by: "tap", clientId: null, ended: true }).again, "tap");
    const [read] = readSignIns([{ id: "stored", way: "stored", by: "tap" }]);
    assert.equal(read?.by, "tap");
    const [paired] = readSignIns([{ id: "stored", way: "stored", by: "pairing" }]);
    assert.equal(paired?.by, "pairing");
  });

  it("names the account, since when, until when, for which app and with which scopes", () => {
    const shown = view({});
    assert.deepEqual(shown.title, { key: "signIns.ownApp" });
    assert.equal(shown.clientId, OWN);
    assert.deepEqual(shown.details, [
      { key: "signIns.username", values: { username: "mira" } },
      { key: "signIns.since", values: { time: "day 999" } },
      { key: "signIns.until", values: { time: "day 1180" } },
    ]);
    assert.deepEqual(shown.scopes, ["streaming"]);
    assert.equal(shown.tone, "good");
    assert.equal(shown.again, undefined);
  });

  it("names an app of Spotify by its name", () => {
    const shown = view({ clientId: CLIENT_IDS.keymaster });
    assert.deepEqual(shown.title, { key: "signIns.app", names: { name: "keymaster" } });
    assert.equal(shown.clientId, undefined);
  });

  it("leaves out what is not known, and says if a sign-in has no end", () => {
    const shown = view({ way: "stored", clientId: null, username: null, since: null, until: null });
    assert.deepEqual(shown.title, { key: "signIns.stored" });
    assert.deepEqual(shown.details, [{ key: "signIns.noEnd" }]);
  });

  it("shows a pairing as one entry: its connection has no end, its permissions have one", () => {
    const paired: Partial<SignIn> = { way: "stored", by: "pairing", clientId: CLIENT_IDS.keymaster };
    const good = view(paired);
    assert.deepEqual(good.title, { key: "signIns.pairing" });
    assert.deepEqual(good.details.slice(2), [
      { key: "signIns.noEnd" },
      { key: "signIns.permissionsUntil", values: { time: "day 1180" } },
    ]);
    const over = view({ ...paired, until: NOW - DAY });
    assert.equal(over.details.at(-1)?.key, "signIns.permissionsEnded");
    assert.deepEqual([over.tone, over.again], ["endsSoon", "pair"]);
  });

  it("says so while Spotify has not named the account of an app's sign-in", () => {
    assert.deepEqual(view({ username: null }).details[0], { key: "signIns.unnamed" });
  });

  it("offers to repeat a sign-in that has ended, or soon will", () => {
    const ended = view({ ended: true });
    assert.equal(ended.tone, "ended");
    assert.equal(ended.details.at(-1)?.key, "signIns.ended");
    assert.equal(view({ until: NOW }).tone, "ended");
    assert.equal(view({ until: NOW + 29 * DAY }).tone, "endsSoon");
    assert.equal(view({ until: NOW + 31 * DAY }).tone, "good");
  });

  it("offers the same way of signing in again", () => {
    const again = (changes: Partial<SignIn>): string | undefined => view({ ended: true, ...changes }).again;
    assert.equal(again({}), "own-app");
    assert.equal(again({ clientId: CLIENT_IDS.keymaster }), "pair");
    assert.equal(again({ way: "stored", clientId: null }), "pair");
    assert.equal(again({ way: "configured", clientId: null }), "import");
  });

  it("reads only the known parts of an answer", () => {
    assert.deepEqual(readSignIns([{ ...app, refreshToken: "x" }]), [app]);
    assert.deepEqual(readSignIns([{ ...app, way: "magic" }, null, "app", { ...app, id: 7 }]), []);
    assert.deepEqual(readSignIns(undefined), []);
    assert.deepEqual(readSignIns([{ id: "configured", way: "configured", scopes: [1, "streaming"] }]), [
      {
        id: "configured",
        way: "configured",
        by: undefined,
        clientId: null,
        username: null,
        since: null,
        until: null,
        ended: false,
        scopes: ["streaming"],
      },
    ]);
  });

  it("writes a day with its year", () => {
    assert.equal(dayText(new Date(2027, 4, 3).getTime(), "de"), "3. Mai 2027");
  });
});
