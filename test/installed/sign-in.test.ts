/** Signing in and out over HTTP, in a real Node-RED with users and its own root: who may, and what the answers are. */
import assert from "node:assert/strict";
import type { EditorClient } from "../../scripts/editor-client";
import type { App } from "../simulator";
import { ACCOUNT, accountFlow, remembered, SCOPES, TOKEN } from "./account-flow";
import { AdminClient } from "./admin-client";
import { RUNTIMES } from "./runtimes";
import { foundIn, secretsOf } from "./secrets";
import { ADMIN_AUTH, logIn } from "./users";
import { Workshop } from "./workshop";

const CALLBACK = "spotify-session/callback";
const DONE = "Signed in";
const FAILED = "Not signed in";
const ELSEWHERE = "One more step";

for (const runtime of RUNTIMES) {
  describe(`signing in over HTTP to ${runtime.title}`, function () {
    this.timeout(60_000);
    const flow = accountFlow({ shows: true });
    let workshop: Workshop;
    let editor: EditorClient;
    let admin: AdminClient;
    let reader: AdminClient;
    let nobody: AdminClient;
    let app: App;
    let redirectUri: string;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { policy } = workshop.simulator;
      policy.deviceInterval = 1;
      const { url } = await workshop.run({ httpAdminRoot: "/admin", adminAuth: ADMIN_AUTH });
      const token = await logIn(url, "admin");
      admin = new AdminClient(url, token);
      reader = new AdminClient(url, await logIn(url, "reader"));
      nobody = new AdminClient(url);
      redirectUri = new URL(CALLBACK, url).href;
      app = workshop.simulator.addApp({ redirectUris: [redirectUri] });
      editor = await workshop.connect(token);
      await editor.deploy(flow.nodes);
      await editor.waitForStatus(TOKEN, ({ fill }) => fill === "red");
    });

    after(async () => {
      await workshop?.close();
    });

    const begin = async (
      fields: object = { clientId: app.clientId, scopes: SCOPES, redirectUri },
    ): Promise<{ id: string; url: string }> => {
      const { status, text } = await admin.ask("POST", "authorization", fields);
      assert.equal(status, 200, text);
      return JSON.parse(text) as { id: string; url: string };
    };
    const agree = (url: string): Promise<string> => workshop.simulator.approve(url, workshop.spotify.account);
    /** The title of the page for a browser that comes back to this address. */
    const comeBack = async (client: AdminClient, address: string): Promise<string> => {
      const answer = await client.send("GET", address);
      const location = answer.headers.get("location");
      // After its use, the browser is redirected to an address without a code.
      if (location !== null) assert.match(location, /^callback\/(done|failed)$/);
      const page = location === null ? answer : await client.send("GET", new URL(location, address).href);
      assert.deepEqual([answer.status, page.status], [location === null ? 200 : 303, 200]);
      assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
      assert.equal(page.headers.get("referrer-policy"), "no-referrer");
      assert.doesNotMatch(page.text, /spotify-session\.callback|<script/);
      return /<h1>(.*)<\/h1>/.exec(page.text)?.[1] ?? "";
    };

    const routes: readonly [string, string, object?][] = [
      ["POST", "pairing", {}],
      ["GET", "pairing/some"],
      ["DELETE", "pairing/some"],
      ["POST", "authorization", {}],
      ["GET", "authorization/some"],
      ["DELETE", "authorization/some"],
      ["POST", "authorization/some/callback", { address: "http://127.0.0.1/?state=1&code=2" }],
      ["POST", "import", { text: "{}" }],
      ["POST", "sign-out", { all: true }],
    ];
    for (const [method, path, body] of routes) {
      it(`lets only users with write permission request ${method} ${path}`, async () => {
        assert.equal((await nobody.ask(method, path, body)).status, 401);
        assert.equal((await reader.ask(method, path, body)).status, 401);
        assert.deepEqual(workshop.simulator.stats.deviceRequests, []);
      });
    }

    it("lets only users with read permission see the state of the account", async () => {
      assert.equal((await nobody.ask("GET", "status")).status, 401);
      assert.deepEqual(await reader.signIns(), []);
    });

    it("does nothing for a callback that belongs to no sign-in", async () => {
      await begin();
      const odd = ["", "?", "?state=", "?state=1&state=2", "?state[a]=1", "?error=access_denied&state=1"];
      for (const query of odd) assert.equal(await comeBack(nobody, redirectUri + query), FAILED, query);
      // The callback may belong to another Node-RED, whose user must paste it there.
      const foreign = ["?code=1", "?state=1&code=2", "?code=%3Cscript%3E&state=%00"];
      for (const query of foreign)
        assert.equal(await comeBack(nobody, redirectUri + query), ELSEWHERE, query);
      assert.equal((await nobody.send("GET", `${CALLBACK}/%3Cscript%3E`)).status, 200);
      assert.deepEqual(workshop.simulator.stats.tokenRequests, []);
      assert.deepEqual(await admin.signIns(), []);
    });

    it("completes a sign-in with an app only in the browser that began it", async () => {
      const { id, url } = await begin();
      const address = await agree(url);
      assert.equal(await comeBack(nobody, address), ELSEWHERE);
      const thief = new AdminClient(workshop.red.url);
      for (const name of admin.cookies.keys()) thief.cookies.set(name, "another");
      assert.equal(await comeBack(thief, address), ELSEWHERE);
      assert.deepEqual(workshop.simulator.stats.tokenRequests, []);

      assert.equal(await comeBack(admin, address), DONE);
      assert.deepEqual(await admin.outcome(`authorization/${id}`), {
        state: "done",
        username: "newcomer",
        error: null,
      });
      assert.equal(await comeBack(admin, address), FAILED, "a second time");
      assert.deepEqual(
        (await reader.signIns()).map(({ way, clientId, username }) => ({ way, clientId, username })),
        [{ way: "app", clientId: app.clientId, username: "newcomer" }],
      );
    });

    it("gives the node a token of the app at once, and does not ask keymaster", async () => {
      const status = await editor.waitForStatus(TOKEN, ({ fill }) => fill === "green");
      assert.ok(status.text?.includes(app.clientId.slice(0, 8)), status.text);
      const { value } = await editor.waitForDebug(({ name }) => name === "the token");
      const { source, clientId } = value as { source: string; clientId: string };
      assert.deepEqual({ source, clientId }, { source: "oauth", clientId: app.clientId });
      assert.deepEqual(workshop.simulator.stats.keymasterRequests, []);
    });

    it("keeps the cookie from scripts and other sites, and lets it expire with the sign-in", async () => {
      const { headers } = await admin.ask("POST", "authorization", {
        clientId: app.clientId,
        scopes: SCOPES,
        redirectUri,
      });
      const cookie = headers.get("set-cookie") ?? "";
      assert.match(cookie, /; HttpOnly/);
      assert.match(cookie, /; SameSite=Lax/);
      const [, expires = ""] = /Expires=([^;]+)/.exec(cookie) ?? [];
      const life = Date.parse(expires) - Date.now();
      assert.ok(life > 0 && life <= 10 * 60_000, `${life} ms`);
    });

    it("accepts the pasted address, and says what is wrong with another", async () => {
      const { id, url } = await begin();
      const path = `authorization/${id}`;
      const paste = (address: string): ReturnType<AdminClient["ask"]> =>
        admin.ask("POST", `${path}/callback`, { address });
      for (const address of ["", "no address", `${redirectUri}?code=1`, `${redirectUri}?state=1&code=2`]) {
        const { status, text } = await paste(address);
        assert.equal(status, 400, address);
        assert.match(text, /does not belong to the sign-in that was begun here/);
      }
      const address = await agree(url);
      assert.equal((await paste(address)).status, 200);
      assert.equal((await admin.outcome(path)).state, "done");
    });

    it("reports that the user has refused", async () => {
      const { id, url } = await begin();
      const address = await workshop.simulator.refuse(url);
      assert.equal(await comeBack(admin, address), FAILED);
      const { state, error } = await admin.outcome(`authorization/${id}`);
      assert.equal(state, "failed");
      assert.match(error?.message ?? "", /cancelled on Spotify/);
    });

    it("pairs with a code", async () => {
      const { text } = await admin.ask("POST", "pairing", {});
      const { id, userCode } = JSON.parse(text) as { id: string; userCode: string };
      workshop.simulator.pair(userCode, workshop.spotify.account);
      const { state, username } = await admin.outcome(`pairing/${id}`);
      assert.deepEqual({ state, username }, { state: "done", username: "newcomer" });
      assert.deepEqual((await reader.signIns()).map(({ way }) => way).toSorted(), ["app", "stored"]);
    });

    it("refuses another account, and names both", async () => {
      const other = workshop.simulator.addAccount({ username: "visitor" });
      const { status, text } = await admin.ask("POST", "import", { text: other.credentialsJson });
      assert.equal(status, 400);
      assert.match(text, /visitor.*newcomer/);
      const { id, url } = await begin();
      await comeBack(admin, await workshop.simulator.approve(url, other));
      assert.match((await admin.outcome(`authorization/${id}`)).error?.message ?? "", /visitor.*newcomer/);
    });

    it("accepts nothing from an HTML form, which any other web page could send", async () => {
      const forms = [
        ["import", { text: workshop.spotify.account.credentialsJson }],
        ["sign-out", { id: app.clientId }],
        ["sign-out", { all: "true" }],
      ] as const;
      const before = await admin.signIns();
      for (const [path, fields] of forms) {
        const body = new URLSearchParams(fields);
        const { status } = await admin.send("POST", `spotify-session/${ACCOUNT}/${path}`, { body });
        assert.equal(status, 400, path);
      }
      assert.deepEqual(await admin.signIns(), before);
    });

    it("signs out of one sign-in and of all, and deletes what it has stored", async () => {
      const { grants } = workshop.simulator;
      const refreshTokenOf = (clientId: string): string =>
        grants.findLast((grant) => grant.clientId === clientId && grant.username === "newcomer")!
          .refreshToken;
      const credential = workshop.spotify.account.storedCredential.toString("base64");
      const before = await remembered(workshop, flow);
      assert.ok(before.includes(refreshTokenOf(app.clientId)) && before.includes(credential));

      assert.equal((await admin.ask("POST", "sign-out", { id: app.clientId })).status, 200);
      assert.ok(!(await admin.signIns()).some(({ id }) => id === app.clientId));
      const between = await remembered(workshop, flow);
      assert.ok(!between.includes(refreshTokenOf(app.clientId)) && between.includes(credential));

      assert.equal((await admin.ask("POST", "sign-out", { all: true })).status, 200);
      assert.deepEqual(await admin.signIns(), []);
      const after = await remembered(workshop, flow);
      assert.equal(foundIn(after, secretsOf(workshop, [])), undefined);
      await editor.waitForStatus(TOKEN, ({ fill }) => fill === "red");
    });

    it("has sent no secret to any client, and written none to its log", async () => {
      const secrets = secretsOf(workshop, flow.nodes);
      assert.ok(secrets.length > 15, `${secrets.length} secrets`);
      for (const { heard } of [admin, reader, nobody]) {
        assert.ok(heard.length > 5);
        for (const text of heard) assert.equal(foundIn(text, secrets), undefined, text.slice(0, 200));
      }
      await workshop.stop();
      assert.match(workshop.output, /\[trace\]/);
      assert.equal(foundIn(workshop.output, secrets), undefined, "in the log");
    });
  });
}
