/** `npm start`, as a new user sees it. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EditorClient } from "../../scripts/editor-client";
import { plainEnvironment } from "../../scripts/node-red-process";
import type { FlowNode } from "../../scripts/user-dir";

const ROOT = join(__dirname, "..", "..");

interface Running {
  child: ChildProcess;
  /** Resolves when its output matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(home: string, ...options: string[]): Running {
  return run(process.execPath, ["--import", "tsx", "scripts/start.ts", "--home", home, ...options]);
}

function run(program: string, options: readonly string[]): Running {
  const child = spawn(program, options, {
    cwd: ROOT,
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const checks = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const check of checks) check();
    });
  }
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, ...output }));
  });
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(output.stdout);
        if (match) resolve(match);
      };
      checks.add(check);
      check();
      void ended.then(({ stderr }) => reject(new Error(`It ended before it said ${pattern}: ${stderr}`)));
    });
  return { child, says, ended };
}

const isAnswering = (url: string): Promise<boolean> =>
  fetch(url)
    .then(({ ok }) => ok)
    .catch(() => false);

describe("npm start", function () {
  this.timeout(180_000);
  let running: Running | undefined;
  /** The folder for its data, which is not the one of the person who runs the tests. */
  let home: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "spotify-start-"));
  });

  after(() => rm(home, { recursive: true, force: true }));

  afterEach(() => {
    running?.child.kill("SIGKILL");
    running = undefined;
  });

  it("shows a token and the song that was pushed, and exits with 0 if --once is given", async () => {
    running = start(home, "--once");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}Editor {3}http:\/\/127\.0\.0\.1:\d+\/$/m);
    assert.match(stdout, /^ {2}Token {4}BQ\S{4}…, good until \d\d:\d\d$/m);
    assert.match(stdout, /^ {2}Playing {2}Loopback Lullaby · The Ephemeral Ports$/m);
    assert.doesNotMatch(stdout, /Problem/);
  });

  it("keeps the flows and the sign-ins for the next start, unless it is told to begin again", async () => {
    const built = { id: "built-by-hand", type: "tab", label: "Built by hand", disabled: false, info: "" };
    const edit = async (
      act: (editor: EditorClient) => Promise<void>,
      ...options: string[]
    ): Promise<void> => {
      running = start(home, ...options);
      const [, url = ""] = await running.says(/Editor +(\S+)/);
      await running.says(/Token[^]*Playing|Playing[^]*Token/);
      const editor = await EditorClient.connect(url);
      await act(editor);
      editor.close();
      running.child.kill("SIGTERM");
      const { code, stderr } = await running.ended;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    };
    const flowsOf = async (editor: EditorClient): Promise<FlowNode[]> =>
      (await (await editor.request("flows")).json()) as FlowNode[];
    const accounts = async (): Promise<string> => readFile(join(home, "simulated-spotify.json"), "utf8");

    await edit(async (editor) => editor.deploy([...(await flowsOf(editor)), built]), "--fresh");
    const { grants } = JSON.parse(await accounts()) as { grants: { id: number }[] };
    assert.equal(grants.length, 1);
    await edit(async (editor) => {
      assert.ok((await flowsOf(editor)).some(({ id }) => id === built.id));
    });
    const again = JSON.parse(await accounts()) as { grants: { id: number }[] };
    assert.deepEqual(
      again.grants.map(({ id }) => id),
      grants.map(({ id }) => id),
      "nobody has signed in anew",
    );
    await edit(async (editor) => {
      assert.ok(!(await flowsOf(editor)).some(({ id }) => id === built.id));
    }, "--fresh");
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`leaves nothing behind when npm is ended by ${signal}`, async () => {
      running = run("npm", ["start", "--", "--home", home]);
      const [, url = ""] = await running.says(/Editor +(\S+)/);
      const [, phone = ""] = await running.says(/Phone +(http:\S+)/);
      await running.says(/Playing/);
      running.child.kill(signal);
      // All processes that npm started keep its output open until they end.
      await running.ended;
      assert.ok(!(await isAnswering(url)), "Node-RED goes on");
      assert.ok(!(await isAnswering(phone)), "the simulated Spotify goes on");
    });
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`exits with 0 on ${signal}, and ends Node-RED`, async () => {
      running = start(home);
      const [, url = ""] = await running.says(/Editor +(\S+)/);
      await running.says(/Playing/);
      assert.ok(await isAnswering(url));
      running.child.kill(signal);
      const { code, stderr } = await running.ended;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.ok(!(await isAnswering(url)));
    });
  }

  it("shows the effect of buttons on the phone whose page it prints", async () => {
    running = start(home, "--fresh");
    const [, page = ""] = await running.says(/Phone +(http:\S+\/phone)/);
    await running.says(/Playing {2}Loopback Lullaby · The Ephemeral Ports/);
    assert.match(await (await fetch(page)).text(), /id="phone-next"/);
    const press = async (path: string, order: object): Promise<void> => {
      const answer = await fetch(new URL(path, page), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(order),
      });
      assert.equal(answer.status, 200);
    };
    await press("/phone/newcomer", { action: "next" });
    await running.says(/Playing {2}Three-Way Handshake · Ada Bytewell/);
    await press("/take-over", {});
    await running.says(/Client {3}android, because newcomer's phone took control/);
    await running.says(/Refused {2}.*choose "best"/);
    await press("/leave", {});
    await running.says(/Client {3}keymaster, as it is set/);
  });

  it("ends Node-RED even if it is killed", async () => {
    running = start(home);
    const [, url = ""] = await running.says(/Editor +(\S+)/);
    await running.says(/Playing/);
    running.child.kill("SIGKILL");
    // Its output is open as long as any process has it. Node-RED has its own pipe, so Node-RED itself is asked.
    await running.ended;
    const deadline = performance.now() + 20_000;
    while (await isAnswering(url)) assert.ok(performance.now() < deadline, "Node-RED goes on without it");
  });

  it("says in one sentence what is wrong with its options", async () => {
    running = start(home, "--port", "many");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 1);
    assert.match(stderr, /^\nThis did not work\. --port wants a number\.\n$/);
    assert.match(stdout, /npm start \[-- --once\]/);
  });
});
