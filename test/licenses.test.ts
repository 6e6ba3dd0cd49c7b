import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { editorHtml } from "../scripts/editor-html";
import { bundledPackages, licenseTexts } from "../scripts/licenses";

const ROOT = join(__dirname, "..");

describe("the licences of bundled packages", () => {
  it("are included for the packages in the editor's pages", async () => {
    let metafile: Metafile | undefined;
    await editorHtml("spotify-session", join(ROOT, "nodes/spotify-session/editor"), (bundled) => {
      if (Object.keys(bundled.inputs).some((path) => path.endsWith(".ts"))) metafile = bundled;
    });
    const packages = bundledPackages(metafile!, process.cwd());
    assert.deepEqual([...packages.keys()], ["uqr"]);
    const texts = licenseTexts(packages);
    assert.match(texts, /^uqr \d+\.\d+\.\d+: MIT$/m);
    assert.match(texts, /Copyright \(c\) Project Nayuki/);
    assert.match(texts, /The above copyright notice and this permission notice shall be included/);
  });

  it("are stored in this repository for a package that has no licence file", () => {
    const texts = licenseTexts(
      new Map([["@bufbuild/protobuf", join(ROOT, "node_modules/@bufbuild/protobuf")]]),
    );
    assert.match(texts, /Copyright 2021-\d{4} Buf Technologies, Inc\.\s+Apache License\s+Version 2\.0/);
    assert.match(texts, /Copyright 2008 Google Inc\./);
  });

  it("cannot be forgotten: the build fails for a package without one", async () => {
    const root = await mkdtemp(join(tmpdir(), "licenses-"));
    try {
      const folder = join(root, "node_modules", "nameless");
      await mkdir(folder, { recursive: true });
      await writeFile(
        join(folder, "package.json"),
        `{ "name": "nameless", "version": "1.0.0", "license": "MIT" }`,
      );
      await writeFile(join(folder, "index.js"), "export const answer = 42;");
      const { metafile } = await build({
        stdin: {
          contents: `import { answer } from "nameless"; console.log(answer);`,
          resolveDir: root,
        },
        absWorkingDir: root,
        bundle: true,
        write: false,
        metafile: true,
      });
      assert.throws(() => licenseTexts(bundledPackages(metafile, root)), /nameless is bundled, and has no/);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
