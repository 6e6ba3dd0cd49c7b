import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KnownAccounts, type KnownAccount } from "../../../nodes/spotify-session/known-accounts";

const HERE = { file: "flows.json", branch: "" };
const CLAIM = { ...HERE, hours: 3 };
const FULL: KnownAccount = {
  id: "one",
  alias: "template",
  name: "Kitchen",
  claims: [CLAIM],
  writtenAt: 1_000,
};

describe("the known accounts of a user directory", () => {
  let parent: string;
  let folder: string;
  let file: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "known-accounts-"));
    folder = join(parent, "spotify-session");
    file = join(folder, ".accounts");
  });

  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const claimed = async (): Promise<KnownAccounts> => {
    const accounts = await KnownAccounts.read(folder);
    accounts.claim({ id: "one", alias: "template", name: "Kitchen" }, HERE);
    await accounts.write();
    return KnownAccounts.read(folder);
  };

  it("are none at first, and no file is made for them", async () => {
    const accounts = await KnownAccounts.read(folder);
    assert.deepEqual(accounts.all(), []);
    assert.equal(accounts.get("one"), undefined);
    await accounts.write();
    assert.ok(!existsSync(folder));
  });

  it("are remembered with the flows that have them", async () => {
    const accounts = await claimed();
    const account = { ...FULL, claims: [{ ...HERE, hours: 0 }], writtenAt: undefined };
    assert.deepEqual(accounts.all(), [account]);
    assert.deepEqual(accounts.get("one"), account);
  });

  it("can be read by their owner alone", async function () {
    if (process.platform === "win32") return this.skip();
    await claimed();
    assert.equal((statSync(folder).mode & 0o777).toString(8), "700");
    assert.equal((statSync(file).mode & 0o777).toString(8), "600");
  });

  it("are written only if something has changed", async () => {
    await claimed();
    const spaced = `${readFileSync(file, "utf8")}\n`;
    writeFileSync(file, spaced);
    const accounts = await KnownAccounts.read(folder);
    await accounts.write();
    assert.equal(readFileSync(file, "utf8"), spaced);
    accounts.forget("one");
    await accounts.write();
    assert.deepEqual((await KnownAccounts.read(folder)).all(), []);
  });

  it("are known for now, if they cannot be stored", async () => {
    writeFileSync(folder, "a file is in its place");
    const accounts = await KnownAccounts.read(folder);
    accounts.claim({ id: "one" }, HERE);
    await accounts.write();
    assert.equal(accounts.all().length, 1);
  });

  describe("if flows claim an account again", () => {
    it("count the hours without it anew, and forget when it was written", async () => {
      const accounts = await claimed();
      const account = accounts.get("one")!;
      account.claims[0]!.hours = 5;
      account.writtenAt = 1_000;
      accounts.claim({ id: "one", name: "Hall" }, HERE);
      assert.deepEqual(accounts.get("one"), {
        id: "one",
        alias: undefined,
        name: "Hall",
        claims: [{ ...HERE, hours: 0 }],
      });
    });

    it("keep the claims of other flows, the latest last", async () => {
      const accounts = await claimed();
      const other = { file: "flows.json", branch: "ref: refs/heads/main" };
      accounts.claim({ id: "one" }, other);
      accounts.get("one")!.claims[1]!.hours = 7;
      accounts.claim({ id: "one" }, HERE);
      assert.deepEqual(accounts.get("one")!.claims, [
        { ...other, hours: 7 },
        { ...HERE, hours: 0 },
      ]);
    });

    it("keep the claims of the latest 64 flows", async () => {
      const accounts = await KnownAccounts.read(folder);
      for (let i = 0; i <= 64; i++) accounts.claim({ id: "one" }, { file: `${i}.json`, branch: "" });
      const files = accounts.get("one")!.claims.map((claim) => claim.file);
      assert.equal(files.length, 64);
      assert.deepEqual([files[0], files[63]], ["1.json", "64.json"]);
    });
  });

  describe("of a file that someone has changed", () => {
    const other = { ...FULL, id: "two" };
    const read = async (text: string): Promise<KnownAccount[]> => {
      await claimed();
      writeFileSync(file, text);
      return (await KnownAccounts.read(folder)).all();
    };

    for (const [what, text] of [
      ["that is not JSON", "["],
      ["that is not a list", JSON.stringify({ one: FULL })],
      ["that is a list of nothing", "[null]"],
    ] as const) {
      it(`${what} are none`, async () => assert.deepEqual(await read(text), []));
    }

    for (const [what, broken] of [
      ["has no ID", { ...other, id: 7 }],
      ["has no list of claims", { ...other, claims: CLAIM }],
      ["has no claim", { ...other, claims: [] }],
      ["has a claim of no file", { ...other, claims: [CLAIM, { ...CLAIM, file: 7 }] }],
      ["has a claim of no branch", { ...other, claims: [CLAIM, { ...CLAIM, branch: 7 }] }],
      ["has a claim of less than no hours", { ...other, claims: [CLAIM, { ...CLAIM, hours: -1 }] }],
      ["has a claim of a part of an hour", { ...other, claims: [CLAIM, { ...CLAIM, hours: 0.5 }] }],
      ["has an empty claim", { ...other, claims: [CLAIM, null] }],
    ] as const) {
      it(`do not include one that ${what}`, async () => {
        assert.deepEqual(await read(JSON.stringify([broken, FULL])), [FULL]);
      });
    }

    it("do not have what is of a wrong type", async () => {
      const wrong = { ...FULL, alias: 7, name: 7, writtenAt: "today" };
      const expected = { ...FULL, alias: undefined, name: undefined, writtenAt: undefined };
      assert.deepEqual(await read(JSON.stringify([wrong])), [expected]);
    });
  });
});
