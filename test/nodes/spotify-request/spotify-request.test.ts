import assert from "node:assert/strict";
import type { NodeMessageInFlow } from "node-red";
import { Simulator, type Account } from "../../simulator";
import { CATALOGUE } from "../../simulator/world/catalogue";
import { signInWithApp } from "../../support/own-app";
import { Flow, type CaughtMessage, type Definition } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

type Received = NodeMessageInFlow & {
  statusCode?: number;
  headers?: Record<string, unknown>;
  next?: string;
  retryAfter?: number;
  reason?: string;
};

const SCOPES = [
  "playlist-read-private",
  "playlist-modify-public",
  "user-library-modify",
  "user-read-private",
];

describe("spotify-request", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  /** Deploys nodes n0, n1, …, and behind each a recorder r0, r1, …; the account is signed in with an own app. */
  const deploy = async (nodes: Record<string, unknown>[], { hasApp = true } = {}): Promise<void> => {
    const place = { z: "tab", x: 0, y: 0 };
    flow.more = nodes.flatMap((one, i): Definition[] => [
      { id: `n${i}`, type: "spotify-request", ...place, session: "session", wires: [[`r${i}`]], ...one },
      { id: `r${i}`, type: "recorder", ...place },
    ]);
    await flow.deploy(simulator, hasApp ? undefined : account, []);
    if (hasApp) await signInWithApp(simulator, flow.sessionNode.session!, account, SCOPES);
    simulator.stats.webApiRequests.length = 0;
  };
  const receive = (message: Record<string, unknown>, index = 0): void => {
    (flow.node(`n${index}`) as unknown as { receive(msg: unknown): void }).receive(message);
  };
  /** What comes out for a message. */
  const send = async (message: Record<string, unknown> = {}, index = 0): Promise<Received> => {
    const count = recorded(`r${index}`).length + 1;
    receive(message, index);
    return (await recordedUntil(`r${index}`, ({ length }) => length >= count)).at(-1) as Received;
  };
  /** What goes to the Catch node for a message. */
  const fail = async (
    message: Record<string, unknown> = {},
    index = 0,
  ): Promise<CaughtMessage & Received> => {
    const next = flow.next("caught");
    receive(message, index);
    return (await next) as CaughtMessage & Received;
  };
  const asked = (): string[] => simulator.stats.webApiRequests.map(({ method, path }) => `${method} ${path}`);
  const status = (text: string): Promise<unknown> => flow.status("n0", (shown) => shown.text === text);

  it("puts the document into the payload, with its status and headers, and keeps the rest of the message", async () => {
    await deploy([{ path: "/me" }]);
    const message = await send({
      topic: "who",
      payload: Date.now(),
      statusCode: 500,
      retryAfter: 9,
      next: "x",
    });
    assert.equal((message.payload as { id: string }).id, "mira");
    assert.deepEqual([message.topic, message.statusCode], ["who", 200]);
    assert.match(String(message.headers?.["content-type"]), /json/);
    // They are of an earlier answer.
    assert.deepEqual(["retryAfter" in message, "next" in message], [false, false]);
    await status("200");
  });

  it("reads the path where it says", async () => {
    await deploy([
      { path: "where", pathType: "flow" },
      { path: "payload", pathType: "msg" },
      { path: "SPOTIFY_PATH", pathType: "env" },
      { path: '"/" & topic', pathType: "jsonata" },
    ]);
    flow.node("n0").context().flow.set("where", "/me");
    process.env["SPOTIFY_PATH"] = "me";
    try {
      await send();
      await send({ payload: "https://api.spotify.com/v1/me" }, 1);
      await send({}, 2);
      await send({ topic: "me" }, 3);
    } finally {
      delete process.env["SPOTIFY_PATH"];
    }
    assert.deepEqual(asked(), Array(4).fill("GET /v1/me"));
  });

  it("fills a name in braces in from the message: an ID, a link, or a URI", async () => {
    await deploy([{ path: "/playlists/{playlist_id}" }, { path: "/playlists/{{payload.list}}" }]);
    const { uri } = CATALOGUE.dinner;
    const id = uri.split(":")[2]!;
    await send({ playlist_id: uri });
    await send({ playlist_id: id });
    await send({ payload: { list: `https://open.spotify.com/playlist/${id}?si=5` } }, 1);
    assert.deepEqual(asked(), Array(3).fill(`GET /v1/playlists/${id}`));
    const { error } = await fail({});
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /msg\.playlist_id is missing/);
    assert.match((await fail({ playlist_id: ".." })).error.message, /msg\.playlist_id is no ID/);
    assert.equal(asked().length, 3);
  });

  it("takes the method of the message if it has none, and says so if that is missing", async () => {
    await deploy([{ method: "", path: "/me/library", query: "query", queryType: "msg" }]);
    const { uri } = CATALOGUE.tracks[0]!;
    await send({ method: "put", query: { uris: [uri] } });
    assert.deepEqual([...account.library], [uri]);
    await send({ method: "DELETE", query: `{"uris": "${uri}"}` });
    assert.equal(account.library.size, 0);
    assert.match((await fail({ query: {} })).error.message, /msg\.method is missing/);
    assert.match((await fail({ method: "PATCH", query: {} })).error.message, /must be one of these: GET/);
  });

  it("sends the payload as the body, but never what an inject node puts there", async () => {
    await deploy([{ method: "POST", path: "/me/playlists" }]);
    const message = await send({ payload: { name: "Made by a flow" } });
    assert.equal(message.statusCode, 201);
    assert.equal(account.playlists.all()[0]!.name, "Made by a flow");
    const { error, statusCode } = await fail({ payload: Date.now() });
    assert.deepEqual([error.code, statusCode], ["INVALID_ARGUMENT", 400]);
    assert.match(error.message, /“Error parsing JSON\.”/);
  });

  it("reads all pages, counts in its status, and puts the list where it is told", async () => {
    for (let i = 0; i < 75; i++) account.playlists.create({ name: `List ${i}` });
    await deploy([{ path: "/me/playlists", all: true, output: "lists" }]);
    const message = (await send({ payload: "mine" })) as Received & { lists: unknown[] };
    const { length } = account.playlists.all();
    assert.deepEqual([message.payload, message.lists.length], ["mine", length]);
    assert.equal(asked().length, 2);
    await flow.status("n0", ({ fill, text = "" }) => fill === "green" && text.startsWith("200 · "));
  });

  it("warns if there are more pages, and says where the next one is", async () => {
    for (let i = 0; i < 60; i++) account.playlists.create({ name: `List ${i}` });
    await deploy([{ path: "/me/playlists", query: '{"limit": 1}', all: true }]);
    const message = await send();
    assert.equal((message.payload as unknown[]).length, 50);
    assert.match(message.next ?? "", /^\/v1\/me\/playlists\?/);
    const { warn } = flow.node("n0") as unknown as { warn: { getCalls(): { args: [string] }[] } };
    assert.match(warn.getCalls().at(-1)?.args[0] ?? "", /There are more pages/);
  });

  it("asks with the permissions and the client ID of the node, and before them with those of the message", async () => {
    await deploy([
      { path: "/me", scopes: ["user-top-read"] },
      { path: "/me", scopes: "needs", scopesType: "flow", clientId: "as", clientIdType: "flow" },
    ]);
    assert.equal((await fail()).error.code, "INVALID_SCOPE");
    assert.equal((await send({ scopes: ["user-read-private"] })).statusCode, 200);
    const context = flow.node("n1").context().flow;
    context.set("needs", ["user-read-private"]);
    context.set("as", "android");
    assert.match((await fail({}, 1)).error.message, /sign in/i);
    assert.equal((await send({ clientId: "best" }, 1)).statusCode, 200);
  });

  it("gives a Catch node the code, the status, and for how long to wait", async () => {
    await deploy([{ path: "/playlists/nothing" }]);
    const missing = await fail();
    assert.deepEqual([missing.error.code, missing.statusCode], ["INVALID_ARGUMENT", 404]);
    assert.match(missing.error.message, /“Resource not found”/);
    await status("404 spotify-request.errors.INVALID_ARGUMENT");
    simulator.faults.webApiRateLimited = { value: 30, times: 1 };
    const limited = await fail();
    assert.deepEqual([limited.error.code, limited.retryAfter, limited.statusCode], ["RATE_LIMITED", 30, 429]);
    // Another node of the account does not ask during the pause either.
    const before = asked().length;
    const again = await fail();
    assert.equal(again.error.code, "RATE_LIMITED");
    assert.equal(asked().length, before);
  });

  it("says that pairing is not enough, and sends nothing but one question a day", async () => {
    await deploy([{ path: "/me/playlists" }], { hasApp: false });
    for (let i = 0; i < 3; i++) {
      const { error } = await fail();
      assert.equal(error.code, "REQUEST_REFUSED");
      assert.match(error.message, /app of your own/);
    }
    assert.deepEqual(asked(), ["GET /v1/me"]);
  });

  it("sends no token to another host", async () => {
    await deploy([{ path: "payload", pathType: "msg" }]);
    for (const payload of ["https://example.com/v1/me", "//example.com/v1/me", 5, undefined, {}]) {
      assert.equal((await fail({ payload })).error.code, "INVALID_ARGUMENT");
    }
    assert.deepEqual(asked(), []);
  });

  it("says what is wrong in its own properties", async () => {
    for (const [properties, why] of [
      [{ method: "FETCH" }, /GET, POST, PUT or DELETE/],
      [{ output: "a..b" }, /cannot be put into/],
      [{ pathType: "cred" }, /"pathType"/],
      [{ all: "perhaps" }, /"all" is a text/],
      [{ query: "{", queryType: "json" }, /The property "query" cannot be read/],
      [{ scopes: ["No Scope"] }, /scope/i],
    ] as const) {
      await deploy([properties]);
      const { error } = await fail();
      assert.equal(error.code, "INVALID_ARGUMENT", JSON.stringify(properties));
      assert.match(error.message, why);
      await flow.stop();
    }
  });

  it("ends what is under way when it is deployed again", async () => {
    await deploy([{ path: "/me" }]);
    simulator.faults.webApiSlow = 60_000;
    const failed = flow.next("failed");
    receive({});
    await simulator.waitFor(() => asked().length === 1);
    await flow.redeploy("nodes", (node) => (node.id === "n0" ? { ...node, name: "another" } : node));
    const { error } = (await failed) as CaughtMessage;
    assert.equal(error.code, "CLOSED");
  });

  it("says that it has no account, or that nobody is signed in", async () => {
    await deploy([{ session: "" }], { hasApp: false });
    assert.equal((await fail()).error.code, "NOT_SIGNED_IN");
    await status("spotify-request.status.noAccount");
  });
});
