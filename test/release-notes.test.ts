import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { releaseNotes } from "../scripts/release-notes";

const ROOT = join(__dirname, "..");
const CHANGELOG = "# Changelog\n\n## 1.1.0 (2026-12-01)\n\n- Newer.\n\n## 1.0.0\n\n- First.\n- Second.\n";

describe("the notes of a release", () => {
  it("are the part of the changelog for its version", () => {
    assert.equal(releaseNotes("v1.1.0", "1.1.0", CHANGELOG), "- Newer.");
    assert.equal(releaseNotes("v1.0.0", "1.0.0", CHANGELOG), "- First.\n- Second.");
  });

  it("are refused for a tag that differs from the version of the package", () => {
    assert.throws(() => releaseNotes("v1.1.0", "1.0.0", CHANGELOG), /tag is v1\.1\.0, .* version 1\.0\.0/);
    assert.throws(() => releaseNotes("", "1.0.0", CHANGELOG), /The tag is /);
  });

  it("are refused if the changelog has no entry for the version", () => {
    assert.throws(() => releaseNotes("v1.2.0", "1.2.0", CHANGELOG), /no part for 1\.2\.0/);
    assert.throws(() => releaseNotes("v1.2.0", "1.2.0", "## 1.2.0\n\n## 1.1.0\n- x"), /is empty/);
  });

  it("exist for the present version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.notEqual(
      releaseNotes(`v${version}`, version, readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")),
      "",
    );
  });
});
