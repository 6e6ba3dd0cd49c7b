/** The look of the nodes in the palette, according to their built definitions. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { editorHtml } from "../../scripts/editor-html";

const NODES = join(__dirname, "../../nodes");
const CONFIG = "spotify-session";
const manifest = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
  "node-red": { nodes: Record<string, string> };
};

describe("the palette", () => {
  const types = Object.keys(manifest["node-red"].nodes);
  const colours = new Set<string>();

  for (const type of types) {
    describe(type, () => {
      let definition: string;

      before(async () => {
        const html = await editorHtml(type, join(NODES, type, "editor"));
        // Like the Flow Library: a literal type, then the definition. esbuild indents its start and end equally.
        const pattern = new RegExp(
          `^( *)RED\\.nodes\\.registerType\\("${type}", \\{\\n([^]*?)^\\1\\}\\);`,
          "m",
        );
        definition = pattern.exec(html)?.[2] ?? "";
        assert.notEqual(definition, "", "the definition is not inline");
      });

      const property = (name: string): string | undefined =>
        new RegExp(`^    ${name}: "(.*)",?$`, "m").exec(definition)?.[1];

      it("takes its labels from the catalog", () => {
        for (const label of ["paletteLabel", "label"]) {
          const [, body = ""] =
            new RegExp(`^    ${label}\\(\\) \\{\\n([^]*?)^    \\}`, "m").exec(definition) ?? [];
          assert.match(body, /this\._\(/, label);
        }
      });

      if (type === CONFIG) {
        it("is not in the palette", () => assert.equal(property("category"), "config"));
        return;
      }

      it("is under Spotify, has the same colour as the others, and its icon on the left", () => {
        assert.equal(property("category"), "Spotify");
        assert.equal(property("align"), "left");
        assert.equal(property("icon"), `${type}.svg`);
        colours.add(property("color") ?? "none");
        assert.equal(colours.size, 1);
      });

      it("has one icon: white lines of one width on a transparent background, 40 by 60", () => {
        assert.deepEqual(readdirSync(join(NODES, type, "icons")), [`${type}.svg`]);
        const icon = readFileSync(join(NODES, type, "icons", `${type}.svg`), "utf8");
        assert.match(icon, /^<svg [^>]*width="40" height="60" viewBox="0 0 40 60">/);
        assert.match(icon, /<g fill="none" stroke="#fff" stroke-width="4"/);
        const colors = [...icon.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color);
        assert.deepEqual(new Set(colors), new Set(["none", "#fff"]));
      });
    });
  }
});
