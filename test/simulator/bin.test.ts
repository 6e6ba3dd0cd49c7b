import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Announcement } from "./bin";

describe("simulator: stand-alone", function () {
  // A process has to start, compile TypeScript and make keys.
  this.timeout(20_000);

  let child: ChildProcessByStdio<null, Readable, null>;

  async function start(...options: string[]): Promise<Announcement> {
    child = spawn(process.execPath, ["--require", "tsx/cjs", join(__dirname, "bin.ts"), ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line]: string[] = await once(createInterface(child.stdout), "line");
    return JSON.parse(line ?? "");
  }

  afterEach(() => {
    child.kill("SIGKILL");
  });

  it("says in one line where it is, and does as it is told", async () => {
    const announcement = await start("--account", "ada", "--account", "grace", "--access-points", "2");
    assert.match(announcement.accessPointKey, /^-----BEGIN PUBLIC KEY-----\n/);
    assert.equal(JSON.parse(announcement.credentials).username, "ada");
    assert.deepEqual(
      announcement.accounts.map(({ username }) => username),
      ["ada", "grace"],
    );
    const resolved = await fetch(`${announcement.endpoints.apResolve}/?type=accesspoint`);
    assert.equal(Object(await resolved.json()).accesspoint.length, 2);

    const faults = await order(announcement, "/faults", { webApiStatus: { value: 503, times: 1 } });
    assert.deepEqual(Object(faults).webApiStatus, { value: 503, times: 1 });
    const headers = { authorization: `Bearer ${announcement.accounts[0]?.accessToken}` };
    const me = (): Promise<Response> => fetch(`${announcement.endpoints.api}/v1/me`, { headers });
    assert.equal((await me()).status, 503);
    assert.equal((await me()).status, 200);
    assert.equal(await order(announcement, "/faults", { nonsense: true }), 400);
    assert.equal(Object(await order(announcement, "/accounts/grace", { premium: false })).username, "grace");
    assert.equal(Object(await order(announcement, "/")).stats.webApiRequests.length, 2);
    assert.equal(await order(announcement, "/stop", {}), "");
  });

  it("takes no orders from a web page's form", async () => {
    const announcement = await start();
    const response = await fetch(`${announcement.control}/drop`, { method: "POST", body: "a=b" });
    assert.equal(response.status, 400);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends with status 0 on ${signal}`, async () => {
      await start();
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }
});

async function order(announcement: Announcement, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${announcement.control}${path}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return response.ok ? text && JSON.parse(text) : response.status;
}
