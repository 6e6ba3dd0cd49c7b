import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { EVENT_KINDS } from "../nodes/spotify-events/kinds";
import { compareDocuments, root } from "../scripts/docs";
import { withSection } from "../scripts/docs-section";
import { exampleFiles } from "../scripts/examples";
import { SPOTIFY_ENDPOINTS } from "../src/core/endpoints";
import { ERROR_GUIDE } from "../src/core/error-guide";
import {
  DESKTOP_ONLY_REPORT,
  KEYMASTER_REFUSAL_REPORT,
  REPORTED_GRANTS,
  REPORTED_REFUSALS,
  WEB_API_BLOCK,
} from "../src/core/knowledge";
import type { Token } from "../src/core/token";
import { ACTIONS } from "../src/playback/actions";
import type { PlaybackState } from "../src/player/playback-state";

/** Objects, so that the compiler notices a property that is missing here. */
const STATE: Record<keyof PlaybackState, true> = {
  status: true,
  playing: true,
  type: true,
  title: true,
  artist: true,
  artists: true,
  album: true,
  albumUri: true,
  uri: true,
  url: true,
  image: true,
  images: true,
  duration: true,
  position: true,
  at: true,
  context: true,
  device: true,
  volume: true,
  shuffle: true,
  smartShuffle: true,
  repeat: true,
  queue: true,
  denied: true,
  account: true,
  source: true,
};
const TOKEN: Record<keyof Token, true> = {
  accessToken: true,
  tokenType: true,
  expiresIn: true,
  expiresAt: true,
  scopes: true,
  clientId: true,
  source: true,
  audience: true,
};

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const page = (name: string): string => read("docs", `${name}.md`);
/** Counts like `wc -w`. */
const words = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

/** The message in the first JavaScript of a page. */
function exampleOf(name: string): { payload: object } {
  const [, code] = /```js\n(.*?)```/s.exec(page(name)) ?? [];
  return runInNewContext(`(${code})`) as { payload: object };
}

describe("the documentation", () => {
  it('has the data of the package; if this fails, run "npm run docs"', async () => {
    const documents = await compareDocuments();
    assert.equal(documents.length, 7);
    for (const { path, is, shouldBe } of documents) assert.equal(is, shouldBe, path);
  });

  it("names every error code, endpoint, action and kind of event", () => {
    const names = {
      errors: Object.keys(ERROR_GUIDE),
      settings: Object.keys(SPOTIFY_ENDPOINTS),
      playback: ACTIONS,
      events: EVENT_KINDS,
    };
    for (const [name, wanted] of Object.entries(names)) {
      for (const word of wanted) assert.ok(page(name).includes(`\n| \`${word}\``), word);
    }
  });

  it("shows every property of the playback state, and of a token", () => {
    assert.deepEqual(Object.keys(exampleOf("now-playing").payload).toSorted(), Object.keys(STATE).toSorted());
    assert.deepEqual(
      Object.keys(exampleOf("token-sources").payload).toSorted(),
      Object.keys(TOKEN).toSorted(),
    );
  });

  it("names every property of the playback state in the help of the now playing node too", () => {
    const help = read("nodes", "spotify-now-playing", "locales", "en-US", "spotify-now-playing.html");
    for (const key of Object.keys(STATE)) assert.match(help, new RegExp(String.raw`\b${key}\b`), key);
  });

  it("lists every example flow", () => {
    for (const file of exampleFiles()) {
      const name = file.replace(" - ", " ").replace(".json", "");
      assert.ok(page("README").includes(`| ${name} `), name);
    }
  });

  it("says where and when each refusal and grant was reported", () => {
    const text = page("client-ids") + page("errors");
    const reports = [
      ...Object.values(REPORTED_REFUSALS).flat(),
      ...Object.values(REPORTED_GRANTS).flat(),
      DESKTOP_ONLY_REPORT,
      KEYMASTER_REFUSAL_REPORT,
    ];
    for (const { source, date } of reports) {
      assert.match(source, /^[\w-]+#\d+$/);
      assert.equal(new Date(date).toISOString().slice(0, 10), date);
      assert.match(text, new RegExp(String.raw`\[${source}\]\(https://github\.com/[\w/.-]+\), ${date}`));
    }
  });

  it("says where and when it was reported that the Web API refuses Spotify's desktop app", () => {
    const text = page("client-ids");
    for (const { source, date } of WEB_API_BLOCK.reports) {
      assert.match(source, /^[\w-]+#\d+$|^[\w-]+\/[\w-]+:[\w./-]+$/);
      assert.ok(Date.parse(date) >= Date.parse(WEB_API_BLOCK.since), source);
      assert.ok(text.includes(`[${source}](https://github.com/`), source);
    }
    assert.ok(text.includes(`has refused them since ${WEB_API_BLOCK.since}`));
    const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
    assert.ok(read("README.md").includes(`since ${day.format(new Date(WEB_API_BLOCK.since))}.`));
  });

  it("shows settings for several Node-REDs, which use exactly the variables that the compose file sets", () => {
    const [settings, compose] = ["settings.js", "compose.yaml"].map((name) =>
      read("docs", "many-instances", name),
    ) as [string, string];
    const used = [...settings.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name!);
    const given = [...compose.matchAll(/^ +([A-Z_]+): /gm)].map(([, name]) => name!);
    // The image sets the port.
    assert.deepEqual(new Set(used.filter((name) => name !== "PORT")), new Set(given));
    for (const [, file] of page("many-instances").matchAll(/\]\((many-instances\/[\w.]+)\)/g)) {
      assert.ok(existsSync(join(root, "docs", file!)), file);
    }
  });

  it("has a README that can be read in a few minutes, and that says how to begin", () => {
    const readme = read("README.md");
    assert.ok(words(readme) <= 950, `${words(readme)} words`);
    assert.ok(readme.includes("\nnpm ci && npm start\n"));
    assert.ok(readme.includes("`npm ci && npm test`"));
    assert.match(readme, /Unofficial\. Not affiliated/);
  });

  for (const type of readdirSync(join(root, "nodes")).filter((name) => name.startsWith("spotify-"))) {
    for (const language of readdirSync(join(root, "nodes", type, "locales"))) {
      it(`has a help panel of at most 350 words: ${type}, ${language}`, () => {
        const help = read("nodes", type, "locales", language, `${type}.html`);
        const text = help.replaceAll(/<[^>]*>/g, " ");
        assert.ok(words(text) <= 350, `${words(text)} words`);
        // Chinese has no spaces, so this counts characters that take the same room.
        const signs = text.match(/\p{Script=Han}/gu) ?? [];
        assert.ok(signs.length <= 600, `${signs.length} signs`);
      });
    }
  }

  describe("section", () => {
    const text = 'a\n<!-- x: made by "npm run docs" -->\nold\n<!-- end of x -->\nb';

    it("is replaced, and the text around it is not", () => {
      const made = withSection(text, "x", "new");
      assert.equal(made, 'a\n<!-- x: made by "npm run docs" -->\n\nnew\n\n<!-- end of x -->\nb');
      assert.equal(withSection(made, "x", "new"), made);
    });

    it("that is missing, or there twice, is an error", () => {
      assert.throws(() => withSection(text, "y", "new"), /y/);
      assert.throws(() => withSection(text + text, "x", "new"), /x/);
    });
  });
});
