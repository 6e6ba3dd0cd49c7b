import assert from "node:assert/strict";
import { LARGEST_FILE, readCredentialDocument, readCredentialFile } from "../../src/account/credential-file";

const FILE = { username: "mira", auth_type: 1, auth_data: "QUJD" };

/** A file that is read has its program and its data, any other its problem. */
function outcomeOf(document: unknown): string {
  const reading = readCredentialDocument(document);
  return reading.state === "good" ? `${reading.form}: ${reading.data}` : reading.problem;
}

describe("A file with a sign-in of another program", () => {
  for (const [what, document, outcome] of [
    ["nothing that is known", { username: "mira" }, "unknownForm"],
    ["a type alone", { username: "mira", auth_type: 1 }, "noData"],
    ["a credential alone", { username: "mira", auth_data: "QUJD" }, "wrongType"],
    ["credentials of go-librespot without data", { credentials: { username: "" } }, "unknownForm"],
    ["empty credentials of go-librespot", { credentials: { username: "", data: "" } }, "signedOut"],
    ["credentials of go-librespot that are null", { credentials: { username: "", data: null } }, "signedOut"],
    ["a field that only go-librespot has", { ...FILE, data: "eHl6" }, "librespot: QUJD"],
    [
      "a field that only go-librespot has, beside credentials of librespot-java",
      {
        username: "mira",
        type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS",
        credentials: "QUJD",
        data: "eHl6",
      },
      "librespot-java: QUJD",
    ],
  ] as const)
    it(`that has ${what}: ${outcome}`, () => assert.equal(outcomeOf(document), outcome));

  for (const [what, data, outcome] of [
    ["whole groups of four digits", "QUJD", "librespot: QUJD"],
    ["padding", "QQ==", "librespot: QQ=="],
    ["one digit of padding left out", "QUI", "librespot: QUI="],
    ["two digits of padding left out", "QQ", "librespot: QQ=="],
    ["the digits that are safe in a URL", "-_-_", "librespot: +/+/"],
    ["spaces and line breaks", " QU\r\nJD\n", "librespot: QUJD"],
    ["padding in the middle", "QU==JD", "badData"],
    ["another character at the start", "#QUJDQ", "badData"],
    ["another character at the end", "QUJDQ#", "badData"],
    ["one digit too many", "QUJDQ", "badData"],
  ] as const)
    it(`with ${what} in its base64: ${outcome}`, () =>
      assert.equal(outcomeOf({ ...FILE, auth_data: data }), outcome));

  it("is read up to 64 KiB, and refused above", () => {
    const text = JSON.stringify(FILE).padEnd(LARGEST_FILE);
    assert.equal(readCredentialFile(text).state, "good");
    assert.deepEqual(readCredentialFile(`${text} `), { state: "bad", problem: "tooLong" });
  });

  it("may begin with a byte order mark; one within its text is kept", () => {
    const reading = readCredentialFile(JSON.stringify({ ...FILE, username: "mi\uFEFFra" }));
    assert.deepEqual(reading, {
      state: "good",
      form: "librespot",
      kind: "stored",
      username: "mi\uFEFFra",
      data: "QUJD",
    });
    assert.equal(readCredentialFile(`\uFEFF${JSON.stringify(FILE)}`).state, "good");
  });
});
