import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpotifyErrorCode } from "../../src/core/errors";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../src/core/knowledge";

const nodes = join(__dirname, "../../nodes");
const types = [
  "spotify-session",
  "spotify-token",
  "spotify-events",
  "spotify-now-playing",
  "spotify-playback",
  "spotify-request",
];
const languages = ["en-US", "de", "zh-CN"];

/** The maximum length of a node's status, from Node-RED's guide. */
const LONGEST_STATUS = 19;
/** The longest value that is filled in to a status. */
const FILLED_IN: Readonly<Record<string, string>> = {
  __name__: "desktop",
  __time__: "14:05",
  __device__: "Kitchen",
  __number__: "2500",
  __items__: "2500",
  __total__: "2500",
};

/** An object, so that the compiler notices a code that is missing here. */
const errorCodes: Record<SpotifyErrorCode, true> = {
  INVALID_SCOPE: true,
  REQUEST_REFUSED: true,
  INVALID_CLIENT: true,
  NOT_SIGNED_IN: true,
  SIGN_IN_EXPIRED: true,
  BAD_CREDENTIALS: true,
  PREMIUM_REQUIRED: true,
  TRAVEL_RESTRICTION: true,
  RATE_LIMITED: true,
  UNREACHABLE: true,
  TIMEOUT: true,
  UNTRUSTED_SERVER: true,
  PROTOCOL_ERROR: true,
  INVALID_ARGUMENT: true,
  CLOSED: true,
  NO_ACTIVE_DEVICE: true,
  DEVICE_NOT_FOUND: true,
  RESTRICTED: true,
  NOT_CONFIRMED: true,
};

function read(type: string, ...path: string[]): string {
  return readFileSync(join(nodes, type, ...path), "utf8");
}

/** A catalog with its keys joined by dots, as RED._() expects them. */
function catalog(type: string, language: string): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (value: unknown, path: string[]): void => {
    if (typeof value === "string") texts.set(path.join("."), value);
    else for (const [key, inner] of Object.entries(value ?? {})) walk(inner, [...path, key]);
  };
  walk(JSON.parse(read(type, "locales", language, `${type}.json`)), []);
  return texts;
}

const placeholders = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).toSorted();
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

describe("catalogs", () => {
  for (const type of types) {
    describe(type, () => {
      const english = catalog(type, "en-US");

      it("exists in all languages and no other", () => {
        assert.deepEqual(readdirSync(join(nodes, type, "locales")).toSorted(), languages.toSorted());
      });

      for (const language of languages) {
        const texts = catalog(type, language);

        it(`has the same keys and placeholders, and each key has a text: ${language}`, () => {
          assert.deepEqual([...texts.keys()], [...english.keys()]);
          for (const [key, text] of texts) {
            assert.notEqual(text.trim(), "", key);
            assert.deepEqual(placeholders(text), placeholders(english.get(key) ?? ""), key);
          }
        });

        it(`keeps every status shorter than 20 characters: ${language}`, () => {
          for (const [key, text] of texts) {
            if (!/^[^.]+\.(status|errors)\./.test(key)) continue;
            const shown = text.replaceAll(/__\w+?__/g, (place) => FILLED_IN[place] ?? place);
            assert.ok(shown.length <= LONGEST_STATUS, `${key}: ${shown}`);
          }
        });

        it(`has a help of the same structure, which begins with its tooltip: ${language}`, () => {
          const help = read(type, "locales", language, `${type}.html`);
          const original = read(type, "locales", "en-US", `${type}.html`);
          assert.match(help, new RegExp(`^<script type="text/html" data-help-name="${type}">\\s*<p>`));
          for (const tag of [/<h3>/g, /<dt/g, /<li>/g, /<code\s*>/g, /<a href/g, /<b>/g]) {
            assert.equal(count(help, tag), count(original, tag), String(tag));
          }
        });
      }

      it("has every text whose key is in dialog.html", () => {
        for (const [, named] of read(type, "editor", "dialog.html").matchAll(/data-i18n="([^"]+)"/g)) {
          for (const key of (named ?? "").split(";")) {
            assert.ok(english.has(key.replace(/^\[[\w-]+\]/, "")), key);
          }
        }
      });
    });
  }

  it("has a label and a sentence for every known scope", () => {
    const texts = catalog("spotify-token", "en-US");
    for (const scope of [...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES]) {
      assert.ok(texts.has(`spotify-token.scope.${scope}.label`), scope);
      assert.ok(texts.has(`spotify-token.scope.${scope}.text`), scope);
    }
  });

  for (const language of languages) {
    it(`has the same short text for each error code in all nodes, and for no other code: ${language}`, () => {
      const [token, ...others] = types.slice(1).map((type) => {
        const texts = [...catalog(type, language)].filter(([key]) => key.startsWith(`${type}.errors.`));
        return texts.map(([key, text]) => [key.slice(`${type}.errors.`.length), text]);
      });
      assert.deepEqual(token?.map(([code]) => code).toSorted(), Object.keys(errorCodes).toSorted());
      for (const other of others) assert.deepEqual(other, token);
    });
  }
});
