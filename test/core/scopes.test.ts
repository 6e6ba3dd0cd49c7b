import assert from "node:assert/strict";
import { parseScopes, SpotifyError } from "../../src";
import { nearestScope } from "../../src/core/nearest-scope";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

function refusal(input: unknown): SpotifyError {
  try {
    parseScopes(input);
  } catch (error) {
    assert.ok(error instanceof SpotifyError);
    assert.equal(error.code, "INVALID_ARGUMENT");
    return error;
  }
  throw new Error(`${JSON.stringify(input)} was taken.`);
}

describe("scopes", () => {
  const two = ["streaming", "user-top-read"];
  for (const [what, input] of Object.entries({
    "a list": two,
    "a text with commas": "streaming,user-top-read",
    "a text with line breaks and no-break spaces": "streaming\r\n\u00a0user-top-read ",
    "a list that an environment variable filled with several": ["streaming, user-top-read"],
    "a list that an environment variable of the type JSON filled": [two],
    "the same twice": ["streaming", "user-top-read", "streaming", ""],
  })) {
    it(`are taken from ${what}`, () => assert.deepEqual(parseScopes(input), two));
  }

  for (const input of ["", [], " , ", [" "], [[]]]) {
    it(`are none in ${JSON.stringify(input)}`, () => assert.deepEqual(parseScopes(input), []));
  }

  for (const input of [undefined, null, 7, {}, [7], [null], [[["streaming"]], 7]]) {
    it(`are refused if they are ${JSON.stringify(input)}`, () => void refusal(input));
  }

  it("are read from a list that contains itself", () => {
    const list: unknown[] = ["streaming"];
    list.push(list);
    assert.deepEqual(parseScopes(list), ["streaming"]);
  });

  for (const [what, scope, named] of [
    ["a zero-width space", "user-read\u200b-private", "a zero-width space (U+200B)"],
    ["a zero-width no-break space", "user-read\ufeff-private", "a zero-width no-break space (U+FEFF)"],
    ["a typographic hyphen", "user\u2010read-private", "a typographic hyphen (U+2010)"],
    ["an en dash", "user\u2013read\u2013private", "an en dash (U+2013)"],
    ["typographic quotation marks", "\u201cuser-read-private\u201d", "U+201C"],
    ["a foreign letter", "uѕer-read-private", "U+0455"],
  ] as const) {
    it(`with ${what} are refused; the error names the character and the scope that is meant`, () => {
      const { message } = refusal([scope]);
      assert.ok(message.includes(named), message);
      assert.ok(message.endsWith("Did you mean user-read-private?"), message);
    });
  }

  it("with capital letters or underscores are refused; the error names the scope that is meant", () => {
    assert.match(refusal("User_Read_Private").message, /Did you mean user-read-private\?$/);
  });
});

describe("the nearest scope", () => {
  for (const [misspelt, meant] of [
    ["user-read-playback-stat", "user-read-playback-state"],
    ["user-read-playbackstate", "user-read-playback-state"],
    ["user-modify-playback-sate", "user-modify-playback-state"],
    ["playlists-read-private", "playlist-read-private"],
    ["steaming", "streaming"],
    ["user-read-private", undefined],
    ["user-read-minds", undefined],
    ["ugc", undefined],
    ["x".repeat(10_000), undefined],
  ] as const) {
    it(`of ${misspelt.slice(0, 30)} is ${meant}`, () => assert.equal(nearestScope(misspelt), meant));
  }
});

describe("a misspelt scope that Spotify refuses", () => {
  const stage = useStage();

  it("is INVALID_SCOPE; the error names the scope that is meant", async () => {
    const session = await stage.current.connected();
    const error = await failureOf(session.tokens.getToken("user-read-playback-stat"), "INVALID_SCOPE");
    assert.match(error.message, /did you mean user-read-playback-state\?/i);
  });
});
