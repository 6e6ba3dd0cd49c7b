import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Translate } from "../../../../../nodes/shared/editor/translate";
import { monthText } from "../../../../../nodes/shared/editor/explanation/moment";
import {
  type Unasked,
  wordsWithoutAsking,
} from "../../../../../nodes/shared/editor/explanation/without-asking";
import {
  type Choice,
  type ExplanationWords,
  explanationWords,
  type Wording,
} from "../../../../../nodes/shared/editor/explanation/words";
import { CLIENT_IDS } from "../../../../../src/core/knowledge";
import type { Explanation } from "../../../../../src/tokens/explanation";

const OWN = "0123456789abcdef0123456789abcdef";
const DESKTOP_REFUSED =
  "Works inside Spotify only: the Web API refuses Spotify’s desktop app since December 2025. " +
  "For the Web API sign in with an app of your own.";

const file = join(__dirname, "../../../../../nodes/spotify-token/locales/en-US/spotify-token.json");
const texts = (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)["spotify-token"];
const translate: Translate = (key, values = {}) => {
  const text = key
    .split(".")
    .reduce<unknown>((inner, part) => (inner as Record<string, unknown>)?.[part], texts);
  assert.ok(typeof text === "string", `there is no ${key}`);
  return text.replaceAll(/__(\w+?)__/g, (place, name: string) => String(values[name] ?? place));
};
const wording: Wording = {
  translate,
  label: (scope) => scope,
  when: () => "09:14",
  month: (date) => monthText(date, "en-US"),
};

const AUTO: Choice = { source: "auto", clientId: "best", warned: false };

/** The dialog's words for a token that keymaster gives to the desktop app, with some changes. */
function words(different: Partial<Explanation> = {}, choice: Partial<Choice> = {}): ExplanationWords {
  const explanation: Explanation = {
    clientId: CLIENT_IDS.keymaster,
    scopes: ["user-top-read"],
    source: "keymaster",
    audience: "spotify-internal",
    webApi: { refused: true, known: "reported", since: "2025-12-22" },
    sources: [{ source: "keymaster", taken: true, reason: "mints" }],
    otherApp: undefined,
    ...different,
  };
  return explanationWords(explanation, { ...AUTO, ...choice }, wording);
}

describe("A token that the Web API refuses, in the token dialog", () => {
  it("works only inside Spotify, and one click leads to signing in with the user's own app", () => {
    const { headline, tone, matters, remedy } = words();
    assert.equal(headline, DESKTOP_REFUSED);
    assert.equal(tone, "mind");
    assert.equal(matters, true, "it is not hidden in the section Advanced");
    assert.deepEqual(remedy, { best: false, app: undefined, account: "own-app" });
  });

  it("has the same words if the sign-in with the desktop app gives it, as after pairing", () => {
    assert.equal(words({ source: "oauth" }).headline, DESKTOP_REFUSED);
  });

  it("has less certain words for an app of Spotify about which there is no report", () => {
    const { headline } = words({
      clientId: CLIENT_IDS.android,
      webApi: { refused: true, known: "assumed" },
    });
    assert.match(headline, /^Works inside Spotify only, as far as is known: Spotify’s Android app/);
  });

  it("has the time at which the Web API was last asked", () => {
    const webApi = { refused: true, known: "asked", since: "2026-03-01", checkedAt: 914 } as const;
    assert.match(words({ webApi }).headline, /desktop app since March 2026 \(last asked 09:14\)/);
  });

  it("names the user's own app that is signed in, if another client ID was chosen", () => {
    const { remedy } = words({ otherApp: OWN }, { clientId: "keymaster" });
    assert.deepEqual(remedy, { best: true, app: OWN, account: undefined });
  });

  it("has no button that would not help, if no other source may be asked", () => {
    assert.deepEqual(words({ otherApp: OWN }, { source: "keymaster" }).remedy, {
      best: false,
      app: undefined,
      account: undefined,
    });
  });

  it("is not mentioned beside the notice that this client ID is refused these permissions", () => {
    assert.equal(words({}, { warned: true }).matters, false);
  });
});

describe("A token of the user's own app, in the token dialog", () => {
  it("needs no warning", () => {
    const { headline, tone, matters } = words({
      clientId: OWN,
      source: "oauth",
      audience: "web-api",
      webApi: undefined,
    });
    assert.equal(headline, "Will come from your app 01234567…");
    assert.deepEqual({ tone, matters }, { tone: "good", matters: false });
  });
});

describe("What the token dialog says without asking Node-RED", () => {
  const unasked = (different: Partial<Unasked>): ExplanationWords | undefined =>
    wordsWithoutAsking(
      { source: "auto", isEmpty: false, clientId: "best", warned: false, ...different },
      wording,
    );

  it("is that Login5 gives no permissions, and which services accept its tokens", () => {
    assert.equal(unasked({ source: "login5" })?.tone, "none");
    assert.match(unasked({ source: "login5" })?.headline ?? "", /would get an error: remove the ones above/);
    assert.match(unasked({ source: "login5", isEmpty: true })?.headline ?? "", /the Web API refuses it/);
  });

  it("is which token comes if no permissions are chosen", () => {
    const headline = unasked({ isEmpty: true })?.headline ?? "";
    assert.match(headline, /a token of Login5, which the Web API refuses/);
    assert.equal(unasked({ isEmpty: true })?.tone, "mind");
    assert.equal(unasked({ isEmpty: true, source: "keymaster" })?.tone, "none");
  });

  it("is that the Web API refuses Spotify's own apps, by name or by client ID, for any account", () => {
    for (const clientId of ["keymaster", CLIENT_IDS.keymaster]) {
      assert.equal(unasked({ clientId })?.headline, DESKTOP_REFUSED);
      assert.equal(unasked({ clientId })?.remedy.account, "own-app");
    }
    assert.match(unasked({ clientId: "ios" })?.headline ?? "", /Spotify’s iOS app/);
  });

  it("is nothing in all other cases, which depend on the account's sign-ins", () => {
    for (const clientId of ["best", "", "own", OWN, "0123", undefined]) {
      assert.equal(unasked({ clientId }), undefined, clientId);
    }
    for (const source of ["oauth", "of a later version"]) {
      assert.equal(unasked({ source, isEmpty: true }), undefined);
    }
  });
});
