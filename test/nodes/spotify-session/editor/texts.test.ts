import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const node = join(__dirname, "../../../../nodes/spotify-session");
/** The dialog's own code, and the code that it shares with other nodes' dialogs. */
const EDITORS = [join(node, "editor"), join(node, "../shared/editor")];

/** Keys that the code builds: their beginning, and all possible ends. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  "app.clientIdProblem.": ["missing", "form", "notOwn"],
  "clientId.hint.": ["default", "keymaster", "android", "ios", "own"],
  "clientId.name.": ["keymaster", "android", "ios", "own"],
  "credential.problem.": [
    "notJson",
    "unknownForm",
    "signedOut",
    "accessToken",
    "password",
    "wrongType",
    "noData",
    "badData",
    "noUsername",
    "badUsername",
    "tooLong",
  ],
  "deviceName.problem.": ["missing", "tooLong"],
  "env.": ["value", "secret", "computed", "elsewhere"],
  "env.place.": ["group", "flow", "subflow", "global"],
  "failure.": ["notDeployed", "notAllowed", "noAnswer"],
  "failure.reason.": ["anotherAccount", "cancelled", "codeExpired", "foreignAddress"],
  "failure.code.": [
    "INVALID_SCOPE",
    "REQUEST_REFUSED",
    "INVALID_CLIENT",
    "SIGN_IN_EXPIRED",
    "BAD_CREDENTIALS",
    "PREMIUM_REQUIRED",
    "TRAVEL_RESTRICTION",
    "UNREACHABLE",
    "TIMEOUT",
    "UNTRUSTED_SERVER",
  ],
  "panel.": ["loading", "notDeployed", "notAllowed", "noAnswer"],
  "panel.clientIdTaken": ["", "By"],
  "panel.clientIdKept": ["", "From"],
  "panel.visibility-": ["visible", "failed"],
  "panel.state-": [
    "read",
    "write",
    "reserve",
    "aside",
    "away",
    "not-shared",
    "no-key",
    "no-disk",
    "shared-folder",
    "copied",
  ],
  "playing.": ["playing", "playingOn", "paused", "pausedOn", "idle"],
  "paste.problem.": ["notAddress", "spotify", "other", "incomplete"],
  "redirect.why.": ["comesBack", "localhost", "paste"],
  "set.": ["player", "player-there", "player-missing", "webApi", "webApi-there", "webApi-missing"],
  "set.do-": ["pair", "own-app"],
  "signIns.": ["configured", "stored", "pairing", "import", "tap"],
  "signOut.question.": ["configured", "stored", "app", "all"],
};

/** Parts of the token node's dialog, where their texts are. */
const OF_THE_TOKEN_NODE = /[/\\](scopes|explanation)[/\\]|[/\\]client-id-row\.ts$/;
/** Used only by the other nodes' dialogs. */
const OF_OTHERS: ReadonlySet<string> = new Set(["clientId.app"]);

function code(): string {
  const files = EDITORS.flatMap((editor) =>
    readdirSync(editor, { recursive: true, encoding: "utf8" }).map((file) => join(editor, file)),
  );
  return files
    .filter((file) => file.endsWith(".ts") && !OF_THE_TOKEN_NODE.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

describe("the texts of the account's dialog", () => {
  const catalog = JSON.parse(readFileSync(join(node, "locales/en-US/spotify-session.json"), "utf8")) as {
    "spotify-session": unknown;
  };
  const has = (key: string): boolean => {
    let found: unknown = catalog["spotify-session"];
    for (const part of key.split(".")) found = (found as Record<string, unknown> | undefined)?.[part];
    return typeof found === "string";
  };

  it("exist for every key in the code", () => {
    const named = [...code().matchAll(/(?:translate\(\s*|\bkey: )"([\w.-]+)"/g)].map(([, key]) => key ?? "");
    const ours = named.filter((key) => !OF_OTHERS.has(key));
    assert.ok(ours.length > 30);
    assert.deepEqual(
      ours.filter((key) => !has(key)),
      [],
    );
  });

  it("exist for every key that the code builds", () => {
    for (const [start, ends] of Object.entries(COMPOSED)) {
      assert.ok(code().includes(`\`${start}\${`), start);
      for (const end of ends) assert.ok(has(start + end), start + end);
    }
  });
});
