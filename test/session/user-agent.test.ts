import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { USER_AGENT } from "../../src/net/user-agent";
import { setEnvironment, NO_PROXY_AT_ALL } from "../support/environment";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

describe("the User-Agent", () => {
  const stage = useStage();

  it("has the package, its version and its home page as in package.json, and the platform", async () => {
    const text = await readFile(join(__dirname, "../../package.json"), "utf8");
    const { name, version, repository } = JSON.parse(text) as {
      name: string;
      version: string;
      repository: { url: string };
    };
    const home = repository.url.replace(/^git\+|\.git$/g, "");
    assert.equal(USER_AGENT, `${name}/${version} (+${home}; ${process.platform} ${process.arch})`);
    assert.match(USER_AGENT, /^[\x20-\x7e]+$/);
  });

  it("is sent with every HTTPS and WebSocket request of a session", async () => {
    stage.current.after(setEnvironment(NO_PROXY_AT_ALL));
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = stage.current.session(account, { observe: true });
    await session.connect();
    while (session.following.state !== "connected") await once(session, "following");
    await session.signIns.beginPairing();
    await signInWithApp(simulator, session, account, ["user-read-playback-state"]);
    await session.tokens.getToken([], { source: "login5" });
    const said = simulator.stats.userAgents;
    const services = ["accounts", "api", "apResolve", "clientToken", "dealer", "login5", "spclient"];
    assert.deepEqual([...new Set(said.map(({ service }) => service))].toSorted(), services.toSorted());
    // A browser opens the pages of the accounts service; the simulator opens them without HTTP.
    assert.deepEqual([...new Set(said.map(({ userAgent }) => userAgent))], [USER_AGENT]);
  });
});
