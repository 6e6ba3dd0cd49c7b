import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { deleteStateWhenGone } from "../../../nodes/spotify-session/deletion";
import { KnownAccounts } from "../../../nodes/spotify-session/known-accounts";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";
import { PairingAttempt } from "../../../nodes/spotify-session/sign-in-attempts";
import { signInServiceOf } from "../../../nodes/spotify-session/sign-in-services";
import type { PairingCode } from "../../../src";

const ACCOUNT = { id: "one" };

describe("what an account remembers", () => {
  let definitions: { id: string }[];
  let running: Set<string>;
  let userDir: string;
  let file: string;
  let events: EventEmitter;
  let infos: string[];
  let settings: object;
  let signIn: PairingAttempt;

  beforeEach(() => {
    definitions = [];
    running = new Set();
    events = new EventEmitter();
    infos = [];
    userDir = mkdtempSync(join(tmpdir(), "deletion-"));
    file = join(userDir, "spotify-session", "one.state");
    mkdirSync(join(userDir, "spotify-session"));
    writeFileSync(file, "sealed");
    settings = { userDir, flowFile: "flows.json" };
    signIn = new PairingAttempt({ expiresAt: Date.now() + 60_000 } as PairingCode, () => undefined);
    signInServiceOf("one").pairings.add(signIn);
  });

  afterEach(() => {
    signInServiceOf("one").pairings.remove(signIn.id);
    rmSync(userDir, { recursive: true, force: true });
  });

  const close = (removed: boolean, account = ACCOUNT): Promise<void> => {
    const log = { info: (text: string) => void infos.push(text) };
    const nodes = {
      getNode: (id: string) => (running.has(id) ? { id } : null),
      eachNode: (visit: (definition: object) => void) => definitions.forEach((one) => visit(one)),
    };
    const RED = { settings, events, nodes, log } as unknown as NodeAPI<SessionSettings>;
    return deleteStateWhenGone(RED, account, removed);
  };
  const deploy = (): boolean => events.emit("flows:started", { diff: {} });
  const load = (): boolean => events.emit("flows:started", {});
  /** The first thing that a deletion does, at once. */
  const isBeingDeleted = (): boolean => !signIn.isWaiting;

  it("is deleted with it, and ends its sign-ins", async () => {
    await close(true);
    assert.ok(!existsSync(file));
    assert.equal(signIn.state.error?.code, "CLOSED");
  });

  it("is deleted in memory if nothing may be written", async () => {
    settings = { ...settings, readOnly: true };
    await close(true);
    assert.ok(existsSync(file));
    assert.ok(isBeingDeleted());
  });

  for (const [what, removed] of [
    ["disabled", true],
    ["deployed again", false],
  ] as const) {
    it(`is kept for as long as the account is ${what}, and deleted by the deploy that deletes it`, async () => {
      definitions = [ACCOUNT];
      await close(removed);
      deploy();
      assert.ok(!isBeingDeleted());
      assert.ok(existsSync(file));
      definitions = [];
      deploy();
      assert.ok(isBeingDeleted());
    });
  }

  it("is deleted by the account itself when it runs again", async () => {
    definitions = [ACCOUNT];
    await close(false);
    running.add("one");
    deploy();
    definitions = [];
    running.clear();
    deploy();
    assert.ok(!isBeingDeleted());
  });

  it("is kept if the account runs without a definition of its own", async () => {
    await close(false);
    running.add("one");
    deploy();
    assert.ok(!isBeingDeleted());
  });

  it("is kept if other flows are loaded, and is not looked at again", async () => {
    await close(false);
    load();
    deploy();
    assert.ok(!isBeingDeleted());
  });

  describe("if other flows have had the account", () => {
    const claim = async (other: string, branch = ""): Promise<void> => {
      const known = await KnownAccounts.read(join(userDir, "spotify-session"));
      known.claim(ACCOUNT, { file: "flows.json", branch: "" });
      known.claim(ACCOUNT, { file: other, branch });
      await known.write();
      writeFileSync(join(userDir, "flows.json"), '[{"id":"one"}]');
    };

    it("is kept for those that still have it, and says so", async () => {
      await claim("other.json");
      writeFileSync(join(userDir, "other.json"), '[{"id":"one"}]');
      await close(true);
      assert.ok(existsSync(file));
      assert.match(infos.join(), /one is kept.*\(other\.json\)/);
    });

    it("is kept for those with its template in a subflow", async () => {
      await claim("other.json", "no branch");
      writeFileSync(join(userDir, "other.json"), '[{"id":"template"}]');
      await close(true, { id: "one", _alias: "template" } as typeof ACCOUNT);
      assert.ok(existsSync(file));
      assert.match(infos.join(), /\(other\.json, no branch\)/);
    });

    it("is kept for those that cannot be read", async () => {
      await claim("other.json");
      mkdirSync(join(userDir, "other.json"));
      await close(true);
      assert.ok(existsSync(file));
    });

    for (const [what, text] of [
      ["do not have it any more", "[]"],
      ["were deleted", undefined],
    ] as const) {
      it(`is deleted if those ${what}`, async () => {
        await claim("other.json");
        if (text !== undefined) writeFileSync(join(userDir, "other.json"), text);
        await close(true);
        assert.ok(!existsSync(file));
        assert.deepEqual(infos, []);
      });
    }
  });
});
