import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import { filledPath } from "../../../nodes/spotify-request/filled-path";
import { SpotifyError } from "../../../src";

const ID = "37i9dQZF1DXcBWIGoYBM5M";
const LONGEST_VALUE = 1_000;

/** Reads a property by its dotted name, and fails for one without a parent, like Node-RED. */
function propertyOf(message: object, name: string): unknown {
  let value: unknown = message;
  for (const part of name.split(".")) value = (value as Record<string, unknown>)[part];
  return value;
}

/** @param env the environment variables of the node */
function filled(path: string, message: object = {}, env: Record<string, unknown> = {}): string {
  const util = { getMessageProperty: propertyOf, getSetting: (_node: Node, name: string) => env[name] };
  return filledPath({ util } as unknown as NodeAPI, {} as Node, { _msgid: "m", ...message }, path);
}

const isInvalid =
  (words: RegExp) =>
  (error: unknown): boolean =>
    error instanceof SpotifyError && error.code === "INVALID_ARGUMENT" && words.test(error.message);

describe("a path with names in braces", () => {
  for (const [path, expected] of [
    ["/me/playlists", "/me/playlists"],
    ["/playlists/{id}", "/playlists/p1"],
    ["/playlists/{{id}}/items", "/playlists/p1/items"],
    ["/playlists/{{{ id }}}", "/playlists/p1"],
    ["/playlists/{msg.id}", "/playlists/p1"],
    ["/playlists/{payload.id}", "/playlists/of the payload".replaceAll(" ", "%20")],
    ["/playlists/{payload.msg.id}", "/playlists/deep"],
    ["/albums/{id}/tracks/{number}", "/albums/p1/tracks/7"],
    ["/playlists/{padded}", "/playlists/p1"],
    ["/playlists/{uri}", `/playlists/${ID}`],
    ["/playlists/{address}", `/playlists/${ID}`],
    ["/search?q={search}", "/search?q=AC%2FDC%20%26%20more"],
    ["/playlists/{}", "/playlists/{}"],
    ["/playlists/{two words}", "/playlists/{two words}"],
    ["/playlists/$ID", "/playlists/$ID"],
  ] as const) {
    it(`is ${expected} for ${path}`, () =>
      assert.equal(
        filled(path, {
          id: "p1",
          number: 7,
          padded: " p1 ",
          uri: `spotify:playlist:${ID}`,
          address: `https://open.spotify.com/playlist/${ID}?si=x`,
          search: "AC/DC & more",
          payload: { id: "of the payload", msg: { id: "deep" } },
        }),
        expected,
      ));
  }

  it("has the environment variable that a name after a dollar means, and not the property of that name", () => {
    assert.equal(filled("/playlists/${ID}", { ID: "of the message" }, { ID: "p1" }), "/playlists/p1");
    assert.equal(filled("/playlists/${msg.id}", { id: "x" }, { "msg.id": "p1" }), "/playlists/p1");
  });

  for (const [what, value] of [
    ["nothing", undefined],
    ["an empty text", ""],
    ["spaces", "  "],
    ["an object", { id: "p1" }],
    ["true", true],
    ["a text that is too long for an ID", "x".repeat(LONGEST_VALUE + 1)],
  ] as const) {
    it(`cannot have ${what} in their place`, () => {
      assert.throws(
        () => filled("/playlists/{id}", { id: value }),
        isInvalid(/^msg\.id is missing: the path needs it for \{id\}\.$/),
      );
      assert.throws(
        () => filled("/playlists/${ID}", {}, { ID: value }),
        isInvalid(/^The environment variable ID is missing/),
      );
    });
  }

  it("may have a long text in their place", () => {
    const text = "x".repeat(LONGEST_VALUE);
    assert.equal(filled("/search?q={payload}", { payload: text }), `/search?q=${text}`);
  });

  it("cannot have a property of something that is missing", () =>
    assert.throws(
      () => filled("/playlists/{payload.item.id}"),
      isInvalid(/^msg\.payload\.item\.id is missing/),
    ));

  for (const value of [".", "..", " .. "]) {
    it(`cannot have "${value}" in their place, which would lead to another call`, () =>
      assert.throws(() => filled("/playlists/{id}/items", { id: value }), isInvalid(/^msg\.id is no ID/)));
  }

  it("says only the beginning of a long name in its error", () => {
    const name = "n".repeat(200);
    assert.throws(
      () => filled(`/playlists/{${name}}`),
      isInvalid(/^msg\.n{60} is missing: the path needs it for \{n{60}\}\.$/),
    );
  });
});
