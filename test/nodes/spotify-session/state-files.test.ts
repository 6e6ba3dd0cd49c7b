/** Which file belongs to which account under Node-RED's user directory, and who may read it. */
import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FileStateStore } from "../../../src";
import { SignInStage } from "./sign-in-support";

describe("the accounts' files", () => {
  let stage: SignInStage;
  let userDir: string;
  let folder: string;

  beforeEach(async () => {
    stage = await SignInStage.open();
    userDir = join(stage.flow.userDir, "home", ".node-red");
    folder = join(userDir, "spotify-session");
    mkdirSync(userDir, { recursive: true });
  });
  afterEach(() => stage.close());

  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  /** Deploys an account, and signs it in. */
  async function signIn(id: string): Promise<void> {
    await stage.deploy(id, { userDir });
    const answer = await stage.ask("post", `/spotify-session/${encodeURIComponent(id)}/import`, {
      text: stage.account.credentialsJson,
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    await stage.flow.stop();
  }

  async function isSignedIn(id: string): Promise<boolean> {
    await stage.deploy(id, { userDir });
    const signIns = await stage.signIns(encodeURIComponent(id));
    await stage.flow.stop();
    return signIns!.length > 0;
  }

  for (const id of ["../../x", "..\\..\\x", "/x", "x/y", "..", "x\u0000y", "x".repeat(300)]) {
    const name = id.length > 40 ? `${id.slice(0, 8)}… (${id.length} letters)` : JSON.stringify(id);
    it(`stay in their folder if the account's ID is ${name}, and are found again`, async () => {
      await signIn(id);
      const all = readdirSync(stage.flow.userDir, { recursive: true }) as string[];
      const outside = all.filter((path) => !path.startsWith(join("home", ".node-red", "spotify-session")));
      assert.deepEqual(outside.toSorted(), ["home", join("home", ".node-red")], "nothing is made outside");
      assert.equal(readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.state$/.test(file)).length, 1);
      assert.ok(await isSignedIn(id));
    });
  }

  it("are not mixed up, even if two accounts have the same key", async () => {
    await signIn("one");
    copyFileSync(join(folder, "one.state"), join(folder, "two.state"));
    assert.equal(await isSignedIn("two"), false);
    assert.ok(await isSignedIn("one"));
  });

  it("of an earlier version keep their sign-in, and belong to their account from then on", async () => {
    await signIn("one");
    const key = stage.flow.stateKey!;
    const document = await new FileStateStore(join(folder, "one.state"), key, [], "one").load();
    await new FileStateStore(join(folder, "one.state"), key).save(document);
    assert.ok(await isSignedIn("one"));
    copyFileSync(join(folder, "one.state"), join(folder, "two.state"));
    assert.equal(await isSignedIn("two"), false);
  });

  it("that others may read become private again: folder, state and key", async function () {
    if (process.platform === "win32") this.skip();
    stage.flow.stateKey = undefined;
    await signIn("one");
    const [state, key] = [join(folder, "one.state"), join(folder, ".key")];
    chmodSync(folder, 0o755);
    chmodSync(state, 0o644);
    chmodSync(key, 0o664);
    assert.ok(await isSignedIn("one"));
    assert.deepEqual([mode(folder), mode(state), mode(key)], ["700", "600", "600"]);
  });

  it("are used even if their folder was made by hand, and has another file", async () => {
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, "notes.txt"), "mine");
    await signIn("one");
    assert.equal(readFileSync(join(folder, "notes.txt"), "utf8"), "mine");
    if (process.platform !== "win32") assert.equal(mode(folder), "700");
  });
});
