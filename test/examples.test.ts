import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface ExampleNode {
  id: string;
  type: string;
  scopes?: string[] | string;
  clientId?: string;
  /** Text of a comment. */
  info?: string;
  source?: string;
  /** Properties that an inject node sets. */
  props?: { p: string; v?: string }[];
  wires?: string[][];
}

const FOLDER = join(__dirname, "..", "examples");

describe("the examples", () => {
  for (const file of readdirSync(FOLDER)) {
    it(`${file}: calls the Web API only with tokens of the user's app, and says that it needs one`, () => {
      const text = readFileSync(join(FOLDER, file), "utf8");
      if (!/https:\/\/api\.spotify\.com\/|"spotify-request"/.test(text)) return;
      const nodes = JSON.parse(text) as ExampleNode[];
      for (const { id, type, clientId } of nodes) {
        if (type === "spotify-token" || type === "spotify-request") assert.equal(clientId, "best", id);
      }
      const first = nodes.find(({ type }) => type === "comment");
      assert.match(first?.info ?? "", /Sign in there with \*\*an app of your own\*\*\. The Web API/);
    });

    it(`${file}: names no real account, and has no token`, () => {
      const text = readFileSync(join(FOLDER, file), "utf8");
      assert.doesNotMatch(text, /\b(BQ[\w-]{20,}|AQ[\w-]{20,})|[\w.]+@[\w.]+\.\w+|stateKey|auth_data/);
    });

    it(`${file}: uses no token of login5, which the Web API refuses`, () => {
      const nodes = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as ExampleNode[];
      const tokenNodes = nodes.filter(({ type }) => type === "spotify-token");
      const ours = nodes.filter(({ type }) => type.startsWith("spotify-") && type !== "spotify-session");
      assert.notEqual(ours.length, 0);
      // Login5 is asked only if there is no scope, or if it is chosen by name.
      for (const { id, scopes = [], source = "auto" } of tokenNodes) {
        assert.notEqual(source, "login5", id);
        if (Array.isArray(scopes) && scopes.length > 0) continue;
        const senders = nodes.filter(({ wires = [] }) => wires.flat().includes(id));
        assert.notEqual(senders.length, 0, `${id} has no scopes, and nobody says any`);
        for (const { props = [] } of senders) {
          assert.ok(props.find(({ p }) => p === "scopes")?.v, `${id} has no scopes, and is sent none`);
        }
      }
    });
  }
});
