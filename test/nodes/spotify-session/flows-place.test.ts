import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { flowsName, isSamePlace, placeOfFlows } from "../../../nodes/spotify-session/flows-place";

type RED = Parameters<typeof placeOfFlows>[0];

const NODE = "0123456789abcdef";
const FLOWS = JSON.stringify([{ id: NODE, type: "spotify-session" }]);
const MAIN = "ref: refs/heads/main";
const OTHER = "ref: refs/heads/other";

let userDir: string;

const inUserDirectory = (): void => {
  beforeEach(() => (userDir = mkdtempSync(join(tmpdir(), "flows-place-"))));
  afterEach(() => rmSync(userDir, { recursive: true, force: true }));
};

const red = (settings: object = {}, activeProject?: unknown): RED => {
  const get = (name: string): unknown => (name === "projects" ? { activeProject } : undefined);
  return { settings: { userDir, get, ...settings } } as unknown as RED;
};

const write = (path: string, text: string): void => {
  const file = join(userDir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

describe("the place of the flows that run", () => {
  inUserDirectory();

  for (const [what, flowFile, file] of [
    ["is a file of its own for each machine by default", undefined, `flows_${hostname()}.json`],
    ["is the default for an empty name", "", `flows_${hostname()}.json`],
    ["is the file of the settings, in the user directory", "flows.json", "flows.json"],
    ["may have a name that begins with dots", "..flows.json", "..flows.json"],
    ["is a file of the folder that Node-RED was started in, if it is there", "package.json", "/package.json"],
    ["is in that folder if the name says so", "./missing.json", "/missing.json"],
  ] as const) {
    it(what, async () => {
      const expected = file.startsWith("/") ? join(process.cwd(), file) : file;
      assert.deepEqual(await placeOfFlows(red({ flowFile })), { file: expected, branch: "" });
    });
  }

  it("is relative to the user directory, if its whole path is in the settings", async () => {
    const inside = await placeOfFlows(red({ flowFile: join(userDir, "sub", "flows.json") }));
    assert.equal(inside.file, join("sub", "flows.json"));
    const flowFile = join(`${userDir}-2`, "flows.json");
    assert.equal((await placeOfFlows(red({ flowFile }))).file, flowFile);
  });

  describe("with projects", () => {
    const projects = (more: object = {}): object => ({
      flowFile: "flows.json",
      editorTheme: { projects: { enabled: true, ...more } },
    });
    const manifest = (flowFile: unknown): string =>
      JSON.stringify({ "node-red": { settings: { flowFile } } });

    it("is the file that the project's package.json names, and the branch", async () => {
      write("projects/home/package.json", manifest("sub/home.json"));
      write("projects/home/.git/HEAD", `${MAIN}\n`);
      assert.deepEqual(await placeOfFlows(red(projects(), "home")), {
        file: join("projects", "home", "sub", "home.json"),
        branch: MAIN,
      });
    });

    it("is in the folder of the settings", async () => {
      write("elsewhere/home/package.json", manifest("home.json"));
      const path = join(userDir, "elsewhere");
      const { file } = await placeOfFlows(red(projects({ path }), "home"));
      assert.equal(file, join("elsewhere", "home", "home.json"));
    });

    for (const [what, head, branch] of [
      ["has the same branch for each commit without a branch", "4f0c1dcb3a3d\n", "a commit"],
      ["says if there is no git", undefined, "no branch"],
    ] as const) {
      it(what, async () => {
        write("projects/home/package.json", manifest("home.json"));
        if (head !== undefined) write("projects/home/.git/HEAD", head);
        assert.equal((await placeOfFlows(red(projects(), "home"))).branch, branch);
      });
    }

    for (const [what, text] of [
      ["is missing", undefined],
      ["is not JSON", "{"],
      ["says nothing of Node-RED", "{}"],
      ["names no file", manifest(7)],
    ] as const) {
      it(`is the project's folder if its package.json ${what}`, async () => {
        if (text !== undefined) write("projects/home/package.json", text);
        assert.equal((await placeOfFlows(red(projects(), "home"))).file, join("projects", "home"));
      });
    }

    for (const [what, settings, active] of [
      ["no project is open", projects(), undefined],
      ["the name of the open project is empty", projects(), ""],
      ["the open project has no name", projects(), 7],
      ["projects are off", projects({ enabled: false }), "home"],
      ["Node-RED has stored nothing of projects", { ...projects(), get: () => undefined }, "home"],
    ] as const) {
      it(`is the file of the settings if ${what}`, async () => {
        assert.deepEqual(await placeOfFlows(red(settings, active)), { file: "flows.json", branch: "" });
      });
    }
  });

  it("is another one with another file or another branch", () => {
    const place = { file: "flows.json", branch: MAIN };
    assert.ok(isSamePlace(place, { ...place }));
    assert.ok(!isSamePlace(place, { ...place, file: "other.json" }));
    assert.ok(!isSamePlace(place, { ...place, branch: OTHER }));
  });
});

describe("whether the flows of a place name a node", () => {
  inUserDirectory();

  const ask = (file: string, branch = "", id = NODE): Promise<string> =>
    flowsName(red(), { file, branch }, id);

  it("is read from the file", async () => {
    write("flows.json", FLOWS);
    assert.equal(await ask("flows.json"), "yes");
    assert.equal(await ask(join(userDir, "flows.json")), "yes");
    assert.equal(await ask("flows.json", "", "another"), "no");
    assert.equal(await ask("flows.json", "", NODE.slice(1)), "no", "a part of an ID");
  });

  it("says that a missing file or folder is gone", async () => {
    assert.equal(await ask("flows.json"), "gone");
    assert.equal(await ask("missing/flows.json"), "gone");
  });

  it("is unknown for what cannot be read", async () => {
    write("file", "");
    mkdirSync(join(userDir, "flows.json"));
    assert.equal(await ask("flows.json"), "unknown", "a folder in place of the file");
    assert.equal(await ask("file/flows.json"), "unknown", "a file in place of the folder");
    assert.equal(await ask("file/sub/flows.json"), "unknown", "a file in place of a folder above");
  });

  describe("of a project", () => {
    const project = (files: Record<string, string>): void => {
      write("home/.git/HEAD", `${OTHER}\n`);
      write("home/.git/refs/heads/other", "");
      write("home/sub/flows.json", FLOWS);
      for (const [path, text] of Object.entries(files)) write(`home/.git/${path}`, text);
    };
    const file = join("home", "sub", "flows.json");

    for (const [what, answer, branch, files] of [
      ["is read from the branch that is checked out", "yes", OTHER, {}],
      ["is read from the file if the place has no branch", "yes", "", {}],
      ["is no for a branch that was deleted", "no", MAIN, {}],
      [
        "is no for a branch that is not among the packed ones",
        "no",
        MAIN,
        { "packed-refs": "# pack-refs with: peeled\n4f0c refs/heads/main2\n4f0c refs/heads/other\n" },
      ],
      ["is unknown for another branch", "unknown", MAIN, { "refs/heads/main": "" }],
      [
        "is unknown for another branch that git has packed",
        "unknown",
        MAIN,
        { "packed-refs": "# pack-refs with: peeled\n4f0c refs/heads/main\n4f0c refs/heads/other\n" },
      ],
      ["is unknown if the packed branches cannot be read", "unknown", MAIN, { "packed-refs/folder": "" }],
      ["is unknown for a commit without a branch", "unknown", "a commit", {}],
      ["is unknown for a name that no branch can have", "unknown", `${MAIN} 2`, {}],
      ["is unknown for what git does not write", "unknown", `no ${MAIN}`, {}],
    ] as const) {
      it(what, async () => {
        project(files);
        assert.equal(await ask(file, branch), answer);
      });
    }

    it("is unknown if git keeps its branches in another form", async () => {
      project({});
      rmSync(join(userDir, "home", ".git", "refs"), { recursive: true });
      assert.equal(await ask(file, MAIN), "unknown");
    });

    it("is unknown if it cannot be read whether the branch is there", async function () {
      if (process.platform === "win32") return this.skip();
      project({});
      symlinkSync("main", join(userDir, "home", ".git", "refs", "heads", "main"));
      assert.equal(await ask(file, MAIN), "unknown");
    });

    it("is unknown for another branch if this one does not have the file's folder", async () => {
      project({ "refs/heads/main": "" });
      rmSync(join(userDir, "home", "sub"), { recursive: true });
      assert.equal(await ask(file, MAIN), "unknown");
      assert.equal(await ask(file, OTHER), "gone");
    });

    it("is read from the file if git was removed", async () => {
      write(file, FLOWS);
      assert.equal(await ask(file, MAIN), "yes");
    });

    it("does not depend on a repository in which the user directory is", async () => {
      write(".git/HEAD", `${OTHER}\n`);
      write(".git/refs/heads/main", "");
      assert.equal(await ask(file, MAIN), "gone");
      write(file, FLOWS);
      assert.equal(await ask(file, MAIN), "yes");
    });
  });
});
