import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROUTE_REASONS } from "../../../../../nodes/shared/editor/explanation/explanation";
import {
  explanationWords,
  type Choice,
  type ExplanationWords,
} from "../../../../../nodes/shared/editor/explanation/words";
import type { Translate } from "../../../../../nodes/shared/editor/translate";
import { CLIENT_IDS } from "../../../../../src/core/knowledge";
import type { Explanation, RouteReason, SourceVerdict } from "../../../../../src/tokens/explanation";
import type { TokenSourceName } from "../../../../../src/core/token";

const OWN = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";
const SCOPES = ["user-top-read", "user-read-email"];
const LANGUAGES = ["en-US", "de", "zh-CN"];
const AUTO: Choice = { source: "auto", clientId: "best", warned: false };

/** Each reason, with a verdict that has it. An object, so that the compiler notices a missing one. */
const VERDICTS: Record<RouteReason, Omit<SourceVerdict, "reason">> = {
  "grant-covers": { source: "oauth", taken: true },
  mints: { source: "keymaster", taken: true },
  "no-scopes": { source: "login5", taken: true },
  "not-needed": { source: "keymaster", taken: false },
  "not-chosen": { source: "keymaster", taken: false },
  "no-grant": { source: "oauth", taken: false },
  "grant-ended": { source: "oauth", taken: false, since: 914 },
  "grant-lacks": { source: "oauth", taken: false, scopes: ["user-top-read"] },
  "grant-held": { source: "oauth", taken: false },
  "owner-not-premium": { source: "oauth", taken: false, since: 914, until: 1014 },
  "not-signed-in": { source: "keymaster", taken: false },
  "session-over": { source: "keymaster", taken: false, code: "PREMIUM_REQUIRED" },
  "needs-scopes": { source: "keymaster", taken: false },
  "has-scopes": { source: "login5", taken: false },
  "refused-account": { source: "keymaster", taken: false, since: 914, until: 1014 },
  "refused-client": { source: "keymaster", taken: false, since: 914, until: 1014 },
  "refused-scopes": { source: "keymaster", taken: false, since: 914, until: 1014, scopes: SCOPES },
};

/** Works like RED._(). */
function catalog(language: string): Translate {
  const file = join(__dirname, "../../../../../nodes/spotify-token/locales", language, "spotify-token.json");
  const texts = (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)["spotify-token"];
  return (key, values = {}) => {
    const path = key.split(".");
    const text = path.reduce<unknown>((inner, part) => (inner as Record<string, unknown>)?.[part], texts);
    assert.ok(typeof text === "string", `${language} has no ${key}`);
    return text.replaceAll(/__(\w+?)__/g, (place, name: string) => String(values[name] ?? place));
  };
}

/** Times are written as in this test: `09:14` for 914. */
const when = (time: number): string =>
  String(time)
    .padStart(4, "0")
    .replace(/(?=..$)/, ":");

function words(
  verdicts: readonly SourceVerdict[],
  {
    language = "en-US",
    choice = AUTO,
    ...rest
  }: Partial<Explanation> & { language?: string; choice?: Choice } = {},
): ExplanationWords {
  const translate = catalog(language);
  const explanation: Explanation = {
    clientId: CLIENT_IDS.keymaster,
    scopes: SCOPES,
    source: verdicts.find(({ taken }) => taken)?.source,
    audience: undefined,
    webApi: undefined,
    sources: [...verdicts],
    otherApp: undefined,
    ...rest,
  };
  return explanationWords(explanation, choice, {
    translate,
    label: (scope) => translate(`scope.${scope}.label`),
    when,
    month: (date) => `the month of ${date}`,
  });
}

/** A verdict with this reason, of its typical source or of another one. */
function verdict(reason: RouteReason, source?: TokenSourceName): SourceVerdict {
  return { ...VERDICTS[reason], reason, ...(source && { source }) };
}

const said = ({ sources }: ExplanationWords): string[] => sources.map(({ name, text }) => `${name}: ${text}`);

describe("Where a token will come from, in words", () => {
  describe("as a headline", () => {
    it("names the user's own app, by the start of its client ID", () => {
      const { headline, tone } = words([verdict("grant-covers"), verdict("not-needed")], { clientId: OWN });
      assert.equal(headline, "Will come from your app 01234567…");
      assert.equal(tone, "good");
    });

    it("names a sign-in with a public client ID, by its name", () => {
      assert.equal(words([verdict("grant-covers")]).headline, "Will come from your sign-in as Desktop");
    });

    it("says what an app gives if no scopes are chosen", () => {
      const all = words([verdict("grant-covers")], { clientId: OWN, scopes: [] });
      assert.equal(all.headline, "Will come from your app 01234567…, with every permission it was granted");
      assert.match(words([verdict("grant-covers")], { scopes: [] }).headline, /as Desktop, with every/);
    });

    it("names keymaster, and its client ID", () => {
      const sources = [verdict("no-grant"), verdict("mints"), verdict("has-scopes")];
      assert.equal(words(sources).headline, "Will come from keymaster, as Desktop");
      assert.equal(
        words(sources, { clientId: OWN }).headline,
        "Will come from keymaster, as your app 01234567…",
      );
    });

    it("promises nothing for keymaster if it is reported to refuse", () => {
      const doubtful = { ...verdict("mints"), scopes: ["user-top-read"] };
      const view = words([doubtful], { clientId: CLIENT_IDS.android });
      assert.equal(view.headline, "keymaster will be asked, as Android");
      assert.equal(view.tone, "mind");
      assert.deepEqual(said(view), [
        "keymaster: asked as Android, though it is reported to refuse: See your favourites",
      ]);
      const warned = words([doubtful], { clientId: CLIENT_IDS.android, choice: { ...AUTO, warned: true } });
      assert.deepEqual(
        said(warned),
        ["keymaster: asked as Android, though it is reported to refuse this"],
        "which ones, the notice has said",
      );
    });

    it("says which services accept the tokens of Login5", () => {
      const { headline, tone } = words([verdict("no-scopes")], { scopes: [] });
      assert.equal(
        headline,
        "Will come from Login5: only Spotify’s own services take it, the Web API refuses it",
      );
      assert.equal(tone, "mind");
    });
  });

  describe("as a headline if there is no token", () => {
    const none = (
      reason: RouteReason,
      rest: Parameters<typeof words>[1] = {},
      oauth: RouteReason = "no-grant",
    ): ExplanationWords => {
      const view = words(
        [verdict(oauth, "oauth"), verdict(reason, "keymaster"), verdict("has-scopes")],
        rest,
      );
      assert.equal(view.tone, "none");
      return view;
    };

    it("says to sign in with the user's own app if keymaster refuses the account, and leads there", () => {
      const { headline, remedy } = none("refused-account");
      assert.equal(headline, "No source can give these permissions: sign in with an own app");
      assert.deepEqual(remedy, { best: false, app: undefined, account: "own-app" });
    });

    it("names the user's own app that would work, and Best", () => {
      const choice = { ...AUTO, clientId: "keymaster" };
      const { headline, remedy } = none("refused-account", { otherApp: OWN, choice });
      assert.equal(
        headline,
        "No source can give these permissions as Desktop: choose Best or your app 01234567…",
      );
      assert.deepEqual(remedy, { best: true, app: OWN, account: undefined });
    });

    it("does not name that app if only keymaster may be asked, because it would not help", () => {
      const choice: Choice = { ...AUTO, source: "keymaster" };
      const { headline, remedy } = none("refused-account", { otherApp: OWN, choice }, "not-chosen");
      assert.match(headline, /^keymaster refuses this, .* choose the source “automatic”$/);
      assert.equal(remedy.app, undefined);
    });

    it("says that the account is not signed in, and leads there", () => {
      const { headline, remedy } = none("not-signed-in");
      assert.equal(headline, "This account is not signed in yet");
      assert.equal(remedy.account, "any");
    });

    it("says why Spotify does not let the account in", () => {
      assert.equal(none("session-over").headline, "Spotify does not let this account in: needs Premium");
    });

    it("names the user's own app if that is the part that can be fixed", () => {
      for (const [oauth, sentence] of [
        ["grant-lacks", /sign-in with your app 01234567… does not cover all of these permissions: sign in/],
        ["grant-ended", /sign-in with your app 01234567… is over: sign in again/],
        ["owner-not-premium", /does not serve your app 01234567…: its owner has no Premium/],
      ] as const) {
        for (const reason of ["not-signed-in", "refused-account", "refused-scopes"] as const) {
          assert.match(none(reason, { clientId: OWN }, oauth).headline, sentence);
        }
      }
    });

    it("says that the sign-in belongs to the original of a copy, and opens the account, which has the button", () => {
      for (const clientId of [OWN, CLIENT_IDS.keymaster]) {
        const { headline, remedy } = none("refused-account", { clientId }, "grant-held");
        assert.match(
          headline,
          /^This user directory is a copy, and the sign-in with .* is left to the original/,
        );
        assert.equal(remedy.account, "any");
      }
    });

    it("names keymaster if a paired sign-in lacks a scope, because pairing again would not help", () => {
      assert.match(none("refused-account", {}, "grant-lacks").headline, /sign in with an own app/);
    });

    it("says which client ID was refused, and that Best may work", () => {
      const rest = { clientId: CLIENT_IDS.ios, choice: { ...AUTO, clientId: "ios" } };
      const refused = none("refused-scopes", rest);
      assert.match(refused.headline, /^Spotify refused these permissions to iOS: choose another client ID/);
      assert.equal(refused.remedy.best, true);
      assert.match(none("refused-client", rest).headline, /^Spotify refuses iOS for now/);
    });

    it("does not repeat the notice above it", () => {
      const choice = { ...AUTO, clientId: "android", warned: true };
      const { headline, remedy } = none("refused-scopes", { clientId: CLIENT_IDS.android, choice });
      assert.equal(headline, "And it has: Spotify refused it at 09:14");
      assert.deepEqual(remedy, { best: false, app: undefined, account: undefined });
    });

    it("names the chosen source", () => {
      const choice = (source: Choice["source"]): Choice => ({ ...AUTO, source });
      assert.match(
        none("not-chosen", { choice: choice("oauth"), clientId: OTHER }).headline,
        /^There is no sign-in with your app fedcba98…: sign in with it, or choose another source$/,
      );
      assert.match(
        none("needs-scopes", { choice: choice("keymaster"), scopes: [] }).headline,
        /at least one/,
      );
      assert.match(none("not-chosen", { choice: choice("login5") }).headline, /^Login5 gives no permissions/);
      assert.equal(
        none("not-chosen", { choice: choice("keymaster") }).headline,
        "No source can give this token",
      );
    });
  });

  it("says for each source, in order, why it was used or not", () => {
    const view = words([verdict("grant-lacks"), verdict("refused-account"), verdict("has-scopes")], {
      clientId: OWN,
    });
    assert.deepEqual(said(view), [
      "Sign-in with your app 01234567…: does not cover: See your favourites",
      "keymaster: refused for this account since 09:14, asked again 10:14",
      "Login5: gives no permissions; the Web API refuses its tokens",
    ]);
    assert.deepEqual(
      view.sources.map(({ taken }) => taken),
      [false, false, false],
    );
  });

  for (const language of LANGUAGES) {
    describe(`in the language ${language}`, () => {
      for (const reason of ROUTE_REASONS) {
        it(`has a complete sentence for ${reason}`, () => {
          for (const clientId of [OWN, ...Object.values(CLIENT_IDS)]) {
            const { headline, sources } = words([verdict(reason)], { language, clientId });
            const [{ name, text }] = sources as [ExplanationWords["sources"][0]];
            for (const one of [headline, name, text]) {
              assert.notEqual(one.trim(), "");
              assert.doesNotMatch(one, /__|undefined|–/);
            }
            const { since, until, scopes, code } = VERDICTS[reason];
            if (since !== undefined) assert.match(text, /09:14/);
            if (until !== undefined) assert.match(text, /10:14/);
            const translate = catalog(language);
            for (const scope of scopes ?? []) assert.ok(text.includes(translate(`scope.${scope}.label`)));
            if (code !== undefined) assert.ok(text.includes(translate(`errors.${code}`)));
          }
        });

        it(`has a headline if ${reason} is the reason for no token`, () => {
          for (const source of ["auto", "keymaster", "oauth", "login5"] as const) {
            for (const warned of [false, true]) {
              const all = (["oauth", "keymaster", "login5"] as const).map((name) => ({
                ...verdict(reason, name),
                taken: false,
              }));
              const choice = { ...AUTO, source, warned };
              assert.doesNotMatch(words(all, { language, choice }).headline, /__|undefined|^\s*$/);
            }
          }
        });
      }
    });
  }
});
