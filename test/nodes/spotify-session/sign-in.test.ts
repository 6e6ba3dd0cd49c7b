import assert from "node:assert/strict";
import { once } from "node:events";
import FakeTimers from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import { CLIENT_IDS, type Session } from "../../../src";
import { Simulator, type Account, type App } from "../../simulator";
import { ownApp, REDIRECT_URI } from "../../support/own-app";
import { Flow } from "../support/flow";

const SCOPES = ["user-read-playback-state"];
const BASE = "/spotify-session/session";
const CALLBACK = "/spotify-session/callback";

interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

describe("the dialog's requests to Node-RED to sign in", () => {
  let simulator: Simulator;
  let account: Account;
  let app: App;
  let flow: Flow;
  /** All answers, with their headers. */
  let told: string;

  beforeEach(async () => {
    simulator = await Simulator.start({ policy: { deviceInterval: 1 } });
    account = simulator.addAccount({ username: "mira" });
    app = ownApp(simulator);
    flow = new Flow();
    told = "";
  });

  afterEach(async () => {
    const secrets = [
      account.storedCredential.toString("base64"),
      ...simulator.grants.map(({ refreshToken }) => refreshToken),
      ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
    ];
    await flow.dispose();
    await simulator.close();
    for (const secret of secrets) assert.ok(!told.includes(secret.slice(0, 24)), "a secret was answered");
    // The six letters of a pairing's code may begin in the same way.
    assert.ok(!/"[AB]Q[\w-]{20}|code=AQ|Bearer/.test(told), "a token or a code was answered");
  });

  function noted(response: Answer): Answer {
    told += JSON.stringify([response.headers, response.body, response.text]);
    return response;
  }

  const ask = async (
    method: "get" | "post" | "delete",
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const request = helper.request()[method](path).set(headers);
    return noted(await (body ? request.send(body) : request));
  };
  const post = (path: string, body?: object): Promise<Answer> => ask("post", `${BASE}${path}`, body);
  const get = (path: string): Promise<Answer> => ask("get", `${BASE}${path}`);

  const session = (): Session => flow.sessionNode.session!;

  const error = ({ body }: Answer): { code: string; message: string } =>
    body["error"] as { code: string; message: string };

  /** Deploys an account that is not signed in and that no node uses. */
  const deploy = (tokenNodes: Record<string, unknown>[] = []): Promise<void> =>
    flow.deploy(simulator, undefined, tokenNodes);

  async function begin(): Promise<{ id: string; url: string; cookie: string }> {
    const wanted = { clientId: app.clientId, scopes: SCOPES, redirectUri: REDIRECT_URI };
    const { status, body, headers } = await post("/authorization", wanted);
    assert.equal(status, 200);
    return {
      id: String(body["id"]),
      url: String(body["url"]),
      cookie: String(headers["set-cookie"]).split(";")[0]!,
    };
  }

  /** Agrees on Spotify's page. @returns the path, with its query, that the browser is sent to */
  async function agreed(url: string): Promise<{ address: string; path: string }> {
    const address = await simulator.approve(url, account);
    const { pathname, search } = new URL(address);
    return { address, path: pathname + search };
  }

  const comeBack = (path: string, cookie = ""): Promise<Answer> => ask("get", path, undefined, { cookie });

  describe("by pairing", () => {
    it("gives a code, then names the account that has typed it", async () => {
      await deploy();
      const { status, body, headers } = await post("/pairing", {});
      assert.equal(status, 200);
      assert.equal(headers["cache-control"], "no-store");
      assert.match(String(body["userCode"]), /^[A-Z]{6}$/);
      assert.equal(body["verificationUri"], "https://spotify.com/pair");
      assert.ok(Number(body["expiresAt"]) > Date.now());
      assert.deepEqual(Object.keys(body).toSorted(), [
        "expiresAt",
        "id",
        "userCode",
        "verificationUri",
        "verificationUriComplete",
      ]);
      const path = `/pairing/${String(body["id"])}`;
      assert.deepEqual((await get(path)).body, { state: "waiting", username: null, error: null });
      const changed = once(session().signIns, "change");
      simulator.pair(String(body["userCode"]), account);
      await changed;
      assert.deepEqual((await get(path)).body, { state: "done", username: "mira", error: null });
      await flow.sessionState("ready");
    });

    it("says that the user has cancelled", async () => {
      await deploy();
      const { body } = await post("/pairing", {});
      const asked = simulator.next("token");
      simulator.refusePairing(String(body["userCode"]));
      await asked;
      let state: Answer;
      do state = await get(`/pairing/${String(body["id"])}`);
      while (state.body["state"] === "waiting");
      assert.equal(state.body["state"], "failed");
      assert.equal(error(state).code, "NOT_SIGNED_IN");
    });

    it("is dropped when the dialog says so", async () => {
      await deploy();
      const { body } = await post("/pairing", {});
      const path = `/pairing/${String(body["id"])}`;
      assert.equal((await ask("delete", BASE + path)).status, 200);
      assert.equal((await get(path)).status, 404);
      assert.equal((await ask("delete", BASE + path)).status, 200);
    });

    it("says what is wrong if there is no code", async () => {
      await deploy();
      simulator.faults.accountsRateLimited = { value: 100, times: 1 };
      const limited = await post("/pairing", {});
      assert.deepEqual([limited.status, error(limited).code], [429, "RATE_LIMITED"]);
    });

    it("serves the flow without a deploy", async () => {
      await deploy([{}]);
      assert.equal((await flow.askInVain()).error.code, "NOT_SIGNED_IN");
      const { body } = await post("/pairing", {});
      const changed = once(session().signIns, "change");
      simulator.pair(String(body["userCode"]), account);
      await changed;
      const token = (await flow.ask()).payload;
      assert.equal(simulator.accounts.findToken(token.accessToken)?.username, "mira");
    });
  });

  describe("with the user's own app", () => {
    it("ends when the browser that began it comes back: at an address without the code", async () => {
      await deploy();
      const { id, url, cookie } = await begin();
      assert.ok(url.startsWith(`${simulator.endpoints.accounts}/authorize?`));
      const { path } = await agreed(url);
      const back = await comeBack(path, cookie);
      assert.equal(back.status, 303);
      assert.equal(back.headers["location"], "callback/done");
      assert.deepEqual((await get(`/authorization/${id}`)).body, {
        state: "done",
        username: "mira",
        error: null,
      });
      const page = await ask("get", `${CALLBACK}/done`);
      assert.equal(page.status, 200);
      assert.match(page.text, /callback\.title\.done/);
      assert.equal(page.headers["content-security-policy"], "default-src 'none'; style-src 'unsafe-inline'");
      assert.equal(page.headers["referrer-policy"], "no-referrer");
      assert.equal(page.headers["cache-control"], "no-store");
    });

    it("has a cookie that no script can read and no other site can send", async () => {
      await deploy();
      const wanted = { clientId: app.clientId, scopes: SCOPES, redirectUri: REDIRECT_URI };
      const cookie = String((await post("/authorization", wanted)).headers["set-cookie"]);
      assert.match(cookie, /HttpOnly/);
      assert.match(cookie, /SameSite=Lax/);
    });

    it("does not end in another browser, and can still end in its own", async () => {
      await deploy();
      const { id, url, cookie } = await begin();
      const other = await begin();
      const { path } = await agreed(url);
      for (const wrong of ["", "x=1", other.cookie, `${cookie.split("=")[0]}=guess`]) {
        const back = await comeBack(path, wrong);
        // The address does not change, so that the user can copy it into the dialog.
        assert.deepEqual([back.status, back.headers["location"]], [200, undefined]);
      }
      assert.equal(simulator.stats.tokenRequests.length, 0);
      assert.equal((await get(`/authorization/${id}`)).body["state"], "waiting");
      assert.equal((await comeBack(path, cookie)).headers["location"], "callback/done");
    });

    it("is not disturbed by other cookies", async () => {
      await deploy();
      const { url, cookie } = await begin();
      const { path } = await agreed(url);
      const back = await comeBack(path, `broken=%zz; =; a; b=%E0%A4%A; ${cookie}; last=x=y`);
      assert.equal(back.headers["location"], "callback/done");
    });

    it("is not used up by wrong addresses; an address with a code is kept for the user to paste", async () => {
      await deploy();
      const { url, cookie } = await begin();
      for (const path of [
        "",
        "?",
        "?code=AQsecret",
        "?code=AQsecret&state=guess",
        "?state=&error=access_denied",
      ]) {
        const back = await comeBack(CALLBACK + path, cookie);
        const expected = path.includes("code=") ? [200, undefined] : [303, "callback/failed"];
        assert.deepEqual([back.status, back.headers["location"]], expected, path);
      }
      const { path } = await agreed(url);
      assert.equal((await comeBack(path, cookie)).headers["location"], "callback/done");
      assert.equal((await comeBack(path, cookie)).headers["location"], "callback/failed", "once");
    });

    it("shows one of its three pages, no matter what the address says", async () => {
      await deploy();
      for (const outcome of ["nonsense", "%3Cscript%3E", "__proto__"]) {
        const { status, text } = await ask("get", `${CALLBACK}/${outcome}`);
        assert.equal(status, 200);
        assert.match(text, /callback\.title\.failed/);
        assert.ok(!text.includes("script"));
      }
    });

    it("says that the user has cancelled", async () => {
      await deploy();
      const { id, url, cookie } = await begin();
      const { pathname, search } = new URL(await simulator.refuse(url));
      assert.equal((await comeBack(pathname + search, cookie)).headers["location"], "callback/failed");
      const state = await get(`/authorization/${id}`);
      assert.deepEqual([state.body["state"], error(state).code], ["failed", "NOT_SIGNED_IN"]);
    });

    it("ends with the address that the user has pasted, without a cookie", async () => {
      await deploy();
      const { id, url } = await begin();
      const { address } = await agreed(url);
      const path = `/authorization/${id}/callback`;
      for (const wrong of [{ address: "hello" }, { address: 5 }, {}, { address: "x".repeat(100_000) }]) {
        const answer = await post(path, wrong);
        assert.deepEqual([answer.status, error(answer).code], [400, "INVALID_ARGUMENT"]);
        assert.equal((await get(`/authorization/${id}`)).body["state"], "waiting", "it can be pasted again");
      }
      const right = await post(path, { address: ` ${address}\n` });
      assert.deepEqual([right.status, right.body], [200, { state: "done", username: "mira" }]);
      const again = await post(path, { address });
      assert.deepEqual(again.body, { state: "done", username: "mira" }, "pasted twice is done once");
      assert.equal(simulator.stats.tokenRequests.length, 1);
    });

    it("says what is wrong with the chosen app and scopes", async () => {
      await deploy();
      const good = { clientId: app.clientId, scopes: SCOPES, redirectUri: REDIRECT_URI };
      const table: [object, string][] = [
        [{}, "INVALID_ARGUMENT"],
        [{ ...good, clientId: "my app" }, "INVALID_ARGUMENT"],
        [{ ...good, scopes: [] }, "INVALID_ARGUMENT"],
        [{ ...good, scopes: "streaming" }, "INVALID_ARGUMENT"],
        [{ ...good, scopes: ["user-read-birthdate"] }, "INVALID_SCOPE"],
        [{ ...good, redirectUri: "http://localhost:1880/" }, "INVALID_ARGUMENT"],
        [{ ...good, redirectUri: "http://192.168.1.2:1880/" }, "INVALID_ARGUMENT"],
      ];
      for (const [body, code] of table) {
        const answer = await post("/authorization", body);
        assert.deepEqual([answer.status, error(answer).code], [400, code]);
        assert.equal(answer.headers["set-cookie"], undefined);
      }
    });

    it("says that Spotify gave no refresh token", async () => {
      await deploy();
      simulator.faults.accountsNoRefreshToken = 1;
      const { id, url, cookie } = await begin();
      const { path } = await agreed(url);
      assert.equal((await comeBack(path, cookie)).headers["location"], "callback/failed");
      const { body } = await get(`/authorization/${id}`);
      assert.deepEqual(body["error"], {
        code: "PROTOCOL_ERROR",
        reason: "noRefreshToken",
        message:
          "Spotify gave a token for one hour, but no refresh token for the time after it. Nothing was kept. Sign in again.",
      });
    });

    it("says that it belongs to another account than the session", async () => {
      await deploy();
      await post("/import", { text: simulator.addAccount({ username: "bob" }).credentialsJson });
      const { id, url, cookie } = await begin();
      const { path } = await agreed(url);
      assert.equal((await comeBack(path, cookie)).headers["location"], "callback/failed");
      const { message } = error(await get(`/authorization/${id}`));
      assert.match(message, /\bmira\b.*\bbob\b/);
    });
  });

  describe("with a file", () => {
    it("names the account", async () => {
      await deploy();
      const answer = await post("/import", { text: account.credentialsJson });
      assert.deepEqual([answer.status, answer.body], [200, { username: "mira", form: "librespot" }]);
      await flow.sessionState("ready");
    });

    it("says what is wrong, and quotes nothing from the file", async () => {
      await deploy();
      const text = account.credentialsJson;
      for (const wrong of [{ text: text.slice(0, -3) }, { text: 5 }, {}, { text: "x".repeat(400_000) }]) {
        const answer = await post("/import", wrong);
        assert.deepEqual([answer.status, error(answer).code], [400, "INVALID_ARGUMENT"]);
      }
      account.invalidateCredentials();
      const answer = await post("/import", { text });
      assert.deepEqual([answer.status, error(answer).code], [502, "BAD_CREDENTIALS"]);
      const secret = (JSON.parse(text) as { auth_data: string }).auth_data;
      assert.ok(!told.includes(secret.slice(0, 24)));
    });
  });

  describe("out again", () => {
    it("with one sign-in, then with all", async () => {
      await deploy();
      const { url, cookie } = await begin();
      await comeBack((await agreed(url)).path, cookie);
      await post("/import", { text: account.credentialsJson });
      const ids = async (): Promise<unknown> =>
        ((await get("/status")).body["signIns"] as { id: string }[]).map(({ id }) => id);
      assert.deepEqual(await ids(), ["stored", app.clientId]);
      assert.equal((await post("/sign-out", { id: app.clientId })).status, 200);
      assert.deepEqual(await ids(), ["stored"]);
      const unknown = await post("/sign-out", { id: app.clientId });
      assert.deepEqual([unknown.status, error(unknown).code], [400, "INVALID_ARGUMENT"]);
      assert.equal((await post("/sign-out", { all: true })).status, 200);
      assert.deepEqual(await ids(), []);
    });

    it("cannot be requested by a page of another site", async () => {
      await deploy();
      await post("/import", { text: account.credentialsJson });
      for (const path of ["/sign-out", "/import", "/authorization"]) {
        const { status } = await helper
          .request()
          .post(BASE + path)
          .type("form")
          .send("id=stored&text={}");
        assert.equal(status, 400, path);
      }
      assert.equal(session().signIns.list().length, 1);
    });
  });

  describe("with a page of another site open", () => {
    const FOREIGN = { origin: "https://evil.example" };
    const HERE = { "sec-fetch-site": "same-origin", origin: "https://home.example" };
    const writes: [path: string, body: object][] = [
      ["/pairing", {}],
      ["/authorization", {}],
      ["/import", { text: "{}" }],
      ["/sign-out", { all: true }],
      ["/use-here", { originalIsGone: true }],
      ["/authorization/x/callback", { address: "http://127.0.0.1/?state=1&code=2" }],
      ["/open", {}],
    ];

    it("does nothing that the page requests, and says why", async () => {
      await deploy();
      await post("/import", { text: account.credentialsJson });
      for (const [path, body] of writes) {
        for (const headers of [
          FOREIGN,
          { "sec-fetch-site": "cross-site" },
          { "sec-fetch-site": "same-site" },
        ]) {
          const answer = await ask("post", BASE + path, body, headers);
          assert.equal(answer.status, 403, path);
          assert.match(error(answer).message, /Node-RED did not do it/);
        }
      }
      assert.equal(session().signIns.list().length, 1);
      assert.equal(simulator.stats.deviceRequests.length, 0);
    });

    it("does not let the page end a sign-in", async () => {
      await deploy();
      const { id } = await begin();
      const path = `/authorization/${id}`;
      assert.equal((await ask("delete", BASE + path, undefined, FOREIGN)).status, 403);
      assert.equal((await get(path)).body["state"], "waiting");
      assert.equal((await ask("delete", BASE + path, undefined, HERE)).status, 200);
      assert.equal((await get(path)).status, 404);
    });

    it("does what the editor requests, also behind a reverse proxy", async () => {
      await deploy();
      const answer = await ask("post", `${BASE}/import`, { text: account.credentialsJson }, HERE);
      assert.equal(answer.status, 200);
    });

    it("opens no session for the page, no matter what it reads", async () => {
      await deploy();
      const reads = [
        "/status",
        "/explain?scopes=streaming&clientId=best",
        "/playing",
        "/devices",
        "/playlists",
      ];
      for (const path of reads) await ask("get", BASE + path, undefined, FOREIGN);
      assert.equal(flow.sessionNode.session, undefined);
    });
  });

  it("accepts only JSON, because any page can send a form without a preflight", async () => {
    await deploy();
    const answer = await ask("post", `${BASE}/pairing`);
    assert.deepEqual([answer.status, error(answer).code], [400, "INVALID_ARGUMENT"]);
    assert.match(error(answer).message, /content-type: application\/json/);
    assert.equal(flow.sessionNode.session, undefined);
  });

  describe("with other sign-ins under way", () => {
    const refusal = async (path: string, body: object): Promise<unknown[]> => {
      const answer = await post(path, body);
      return [answer.status, (answer.body["error"] as Record<string, unknown> | undefined)?.["reason"]];
    };
    const wanted = (): object => ({ clientId: app.clientId, scopes: SCOPES, redirectUri: REDIRECT_URI });
    const FULL = [400, "tooManySignIns"];

    it("does not begin a fourth one that waits for its user, and the three continue", async () => {
      await deploy();
      const pairing = await post("/pairing", {});
      const first = await begin();
      const second = await begin();
      assert.deepEqual(await refusal("/pairing", {}), FULL);
      assert.deepEqual(await refusal("/authorization", wanted()), FULL);
      for (const path of [`/pairing/${String(pairing.body["id"])}`, `/authorization/${first.id}`]) {
        assert.equal((await get(path)).body["state"], "waiting");
      }
      const { path } = await agreed(second.url);
      assert.equal((await comeBack(path, second.cookie)).headers["location"], "callback/done");
      assert.equal((await post("/pairing", {})).status, 200, "there is room again");
      assert.equal(
        (await post("/import", { text: account.credentialsJson })).status,
        200,
        "it does not wait",
      );
      assert.equal(simulator.stats.deviceRequests.length, 2);
    });

    it("does not begin a fourth one, even if all are requested at once", async () => {
      await deploy();
      const answers = await Promise.all(Array.from({ length: 8 }, () => post("/pairing", {})));
      assert.equal(answers.filter(({ status }) => status === 200).length, 3);
      assert.equal(simulator.stats.deviceRequests.length, 3);
    });

    it("says when another one is possible, which is when the first one expires", async () => {
      await deploy();
      for (let count = 0; count < 3; count++) await begin();
      const full = await post("/pairing", {});
      const { minutes } = (full.body["error"] as { values: { minutes: number } }).values;
      assert.ok(minutes > 0 && minutes <= 10, `${minutes} min`);
      const clock = FakeTimers.install({ now: Date.now() + minutes * 60_000, toFake: ["Date"] });
      try {
        assert.equal((await post("/pairing", {})).status, 200);
      } finally {
        clock.uninstall();
      }
    });

    it("allows another one after each that failed or was cancelled", async () => {
      await deploy();
      for (let count = 0; count < 5; count++) {
        const { body } = await post("/pairing", {});
        assert.equal((await ask("delete", `${BASE}/pairing/${String(body["id"])}`)).status, 200);
      }
      for (let count = 0; count < 5; count++)
        assert.equal((await post("/import", { text: "{" })).status, 400);
      await begin();
    });
  });

  it("does not sign in with a code that the dialog has given up, even if a person types it", async () => {
    await deploy();
    const { body } = await post("/pairing", {});
    assert.equal((await ask("delete", `${BASE}/pairing/${String(body["id"])}`)).status, 200);
    simulator.pair(String(body["userCode"]), account);
    // When the other code has been polled three times, the first would have been polled too.
    const other = await post("/pairing", {});
    for (let count = 0; count < 3; count++) await simulator.next("token");
    assert.deepEqual(session().signIns.list(), []);
    assert.ok(
      simulator.stats.tokenRequests.every(({ error: refusal }) => refusal === "authorization_pending"),
    );
    assert.equal((await get(`/pairing/${String(other.body["id"])}`)).body["state"], "waiting");
  });

  it("drops old outcomes, but none that is under way", async () => {
    await deploy();
    const { id } = await begin();
    const ids: string[] = [];
    for (let count = 0; count < 40; count++) {
      const begun = await begin();
      await simulator
        .refuse(begun.url)
        .then((address) => post(`/authorization/${begun.id}/callback`, { address }));
      ids.push(begun.id);
    }
    assert.equal((await get(`/authorization/${id}`)).body["state"], "waiting");
    assert.equal((await get(`/authorization/${ids.at(-1)}`)).body["state"], "failed");
    assert.equal((await get(`/authorization/${ids[0]}`)).status, 404);
  });

  it("is answered with 404 for a node that is not a session, and for an unknown attempt", async () => {
    await deploy([{}]);
    for (const node of ["t0", "__proto__", "%20", "a".repeat(65)]) {
      for (const path of ["/pairing", "/authorization", "/import", "/sign-out"])
        assert.equal((await ask("post", `/spotify-session/${node}${path}`, {})).status, 404, node + path);
      assert.equal((await ask("get", `/spotify-session/${node}/pairing/x`)).status, 404);
    }
    for (const kind of ["pairing", "authorization"]) assert.equal((await get(`/${kind}/x`)).status, 404);
    assert.equal((await post("/authorization/x/callback", { address: REDIRECT_URI })).status, 404);
  });

  it("is kept over a restart of Node-RED, and `best` means the app from the first message", async () => {
    await deploy([{ scopes: SCOPES }]);
    const { url, cookie } = await begin();
    await comeBack((await agreed(url)).path, cookie);
    await flow.stop();
    await deploy([{ scopes: SCOPES }]);
    const { payload } = await flow.ask();
    assert.deepEqual([payload.clientId, payload.source], [app.clientId, "oauth"]);
    assert.notEqual(payload.clientId, CLIENT_IDS.keymaster);
    assert.equal(simulator.stats.connections, 0);
  });
});
