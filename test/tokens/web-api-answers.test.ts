import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS } from "../../src";
import { WEB_API_BLOCK } from "../../src/core/knowledge";
import { refusedByWebApi, type WebApiAccess } from "../../src/tokens/web-api-access";
import { AskedWebApi } from "../support/asked-web-api";
import { endClock } from "../support/end-clock";

const { keymaster, android } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 2, 12);
const YESTERDAY = Date.UTC(2026, 5, 1, 12);
const BLOCKED_SINCE = Date.parse(WEB_API_BLOCK.since);
const TAKEN = { clientId: keymaster, takes: true, since: YESTERDAY, checkedAt: YESTERDAY };
const REFUSED = { ...TAKEN, takes: false };

describe("The answer whether the Web API takes tokens of Spotify's own client IDs", () => {
  let clock: Clock;
  let webApi: AskedWebApi;
  let access: WebApiAccess;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
    webApi = new AskedWebApi();
    ({ access } = webApi);
  });
  afterEach(() => endClock(clock));

  /** The Web API is asked now. */
  async function ask(clientId: string, takes: boolean | undefined): Promise<void> {
    webApi.answer = () => Promise.resolve(takes);
    await access.takesNow(clientId, () => Promise.resolve("token"), new AbortController().signal);
  }

  it("is what was reported in public, until the Web API was asked", async () => {
    const answer = { takes: false, known: "reported", since: BLOCKED_SINCE };
    const refusal = { refused: true, known: "reported", since: WEB_API_BLOCK.since };
    assert.deepEqual(access.answer(keymaster), answer);
    assert.deepEqual(access.refusal("keymaster", keymaster), refusal);
    await ask(keymaster, undefined);
    assert.deepEqual(access.answer(keymaster), { ...answer, checkedAt: NOW });
    assert.deepEqual(access.refusal("keymaster", keymaster), { ...refusal, checkedAt: NOW });
  });

  it("is assumed to be no if there is no report", async () => {
    assert.deepEqual(access.answer(android), { takes: false, known: "assumed" });
    assert.deepEqual(access.refusal("keymaster", android), { refused: true, known: "assumed" });
    assert.equal(access.audience("keymaster", android), "spotify-internal");
    await ask(android, undefined);
    assert.deepEqual(access.answer(android), { takes: false, known: "assumed", checkedAt: NOW });
  });

  it("is yes for an app, but not for a token of login5", () => {
    assert.deepEqual(access.answer(OWN_APP), { takes: true, known: "app" });
    assert.equal(access.audience("oauth", OWN_APP), "web-api");
    assert.equal(access.refusal("oauth", OWN_APP), undefined);
    const login5 = { refused: true, known: "login5", since: WEB_API_BLOCK.since };
    for (const clientId of [OWN_APP, android]) {
      assert.equal(access.audience("login5", clientId), "spotify-internal");
      assert.deepEqual(access.refusal("login5", clientId), login5);
    }
  });

  it("is what the Web API said, once it was asked", async () => {
    await ask(keymaster, true);
    assert.deepEqual(access.answer(keymaster), { takes: true, known: "asked", since: NOW, checkedAt: NOW });
    assert.equal(access.audience("oauth", keymaster), "web-api");
    assert.equal(access.refusal("oauth", keymaster), undefined);
    await ask(android, false);
    const refusal = { refused: true, known: "asked", since: "2026-06-02", checkedAt: NOW };
    assert.deepEqual(access.refusal("oauth", android), refusal);
    assert.deepEqual(webApi.changed, [keymaster, android]);
  });

  it("is no since the reported day if the Web API refuses the desktop client ID from the beginning", async () => {
    await ask(keymaster, false);
    assert.deepEqual(access.answer(keymaster), {
      takes: false,
      known: "asked",
      since: BLOCKED_SINCE,
      checkedAt: NOW,
    });
  });

  for (const [what, before, takes, since] of [
    ["stays since the same day if the Web API says the same again", REFUSED, false, YESTERDAY],
    ["is another one since today if the Web API says something else", REFUSED, true, NOW],
  ] as const) {
    it(what, async () => {
      access.restore([{ ...before, checkedAt: 0 }]);
      await ask(keymaster, takes);
      assert.deepEqual(webApi.kept, [[{ clientId: keymaster, takes, since, checkedAt: NOW }]]);
      assert.deepEqual(webApi.changed, takes === before.takes ? [] : [keymaster]);
    });
  }

  it("is no since today if the Web API refuses a token that it was known to take", () => {
    access.restore([TAKEN]);
    access.refused(keymaster);
    const answer = { takes: false, known: "asked", since: NOW, checkedAt: NOW };
    assert.deepEqual(access.answer(keymaster), answer);
    assert.deepEqual(webApi.changed, [keymaster]);
    access.refused(keymaster);
    access.refused(OWN_APP);
    assert.equal(webApi.kept.length, 1, "a refusal that was to be expected is not kept");
  });

  describe("that was stored", () => {
    it("is known after a restart", () => {
      assert.deepEqual(access.restore([TAKEN, { ...REFUSED, clientId: android }]), [keymaster, android]);
      assert.deepEqual(access.answer(keymaster), {
        takes: true,
        known: "asked",
        since: YESTERDAY,
        checkedAt: YESTERDAY,
      });
    });

    for (const [what, known, documents, changed, takes] of [
      [
        "is taken from another session that asked later",
        { ...REFUSED, checkedAt: 1 },
        [TAKEN],
        [keymaster],
        true,
      ],
      ["is not taken from a session that asked earlier", TAKEN, [{ ...REFUSED, checkedAt: 1 }], [], true],
      ["is not taken from a session that asked in the same moment", TAKEN, [REFUSED], [], true],
      ["is no change if it says the same", { ...TAKEN, checkedAt: 1 }, [TAKEN], [], true],
      ["is no change if it never said either", undefined, [{ clientId: keymaster, checkedAt: 1 }], [], false],
    ] as const) {
      it(what, () => {
        if (known) access.restore([known]);
        assert.deepEqual(access.restore(documents), changed);
        assert.equal(access.takes(keymaster), takes);
      });
    }

    for (const [what, document, checkedAt] of [
      ["is nothing", null, undefined],
      ["is no object", "yes", undefined],
      ["is of no client ID", { ...TAKEN, clientId: undefined }, undefined],
      ["is of a client ID that is no text", { ...TAKEN, clientId: [keymaster] }, undefined],
      ["is of an app", { ...TAKEN, clientId: OWN_APP }, undefined],
      ["has no time", { ...TAKEN, checkedAt: undefined }, undefined],
      ["has a time that is a text", { ...TAKEN, checkedAt: "1" }, undefined],
      ["has a time that is no number", { ...TAKEN, checkedAt: Number.NaN }, undefined],
      ["comes from a clock that ran ahead", { ...TAKEN, checkedAt: NOW + 1 }, undefined],
      ["says neither yes nor no", { ...TAKEN, takes: "yes" }, YESTERDAY],
      ["does not say since when", { ...TAKEN, since: "1" }, YESTERDAY],
    ] as const) {
      it(`is not believed if it ${what}`, () => {
        assert.deepEqual(access.restore([document]), []);
        assert.deepEqual(access.answer(keymaster), {
          takes: false,
          known: "reported",
          since: BLOCKED_SINCE,
          ...(checkedAt !== undefined && { checkedAt }),
        });
      });
    }

    it("takes the place of the one about the same client ID, and of what is malformed", async () => {
      const other = { ...TAKEN, clientId: android };
      webApi.kept.push([other, TAKEN, "malformed"]);
      await ask(keymaster, false);
      const check = { clientId: keymaster, takes: false, since: BLOCKED_SINCE, checkedAt: NOW };
      assert.deepEqual(webApi.kept.at(-1), [other, check]);
    });

    it("is forgotten when another account is signed in", () => {
      access.forget();
      assert.deepEqual(webApi.kept, [], "nothing was stored");
      access.restore([TAKEN]);
      access.forget();
      assert.deepEqual(webApi.kept, [[]]);
      assert.equal(access.takes(keymaster), false);
    });
  });
});

describe("The error if the Web API refuses a token for good", () => {
  it("names the client ID and what helps, and for the desktop client ID since when", () => {
    const desktop = refusedByWebApi(keymaster, { statusCode: 429 });
    assert.match(desktop.message, /client ID keymaster .* since 2025-12-22\. .* app of your own/);
    assert.deepEqual([desktop.code, desktop.clientId], ["REQUEST_REFUSED", keymaster]);
    assert.deepEqual([desktop.statusCode, desktop.retryAfter], [429, undefined]);
    const other = refusedByWebApi(android);
    assert.doesNotMatch(other.message, / since /);
    assert.equal(other.statusCode, undefined);
  });
});
