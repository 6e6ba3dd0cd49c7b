/** All pages in one message, and the status meanwhile. */
import assert from "node:assert/strict";
import type { NodeStatus } from "node-red";
import { recorded } from "../support/recorder";
import { RequestFlow } from "./request-flow";

interface Named {
  name: string;
}

describe("a spotify-request for all pages", () => {
  let flow: RequestFlow;

  beforeEach(async () => {
    flow = await RequestFlow.begin();
  });

  afterEach(() => flow.end());

  const addPlaylists = (count: number): void => {
    for (let i = 0; i < count; i++) flow.account.playlists.add({ name: `List ${i}` });
  };
  /** The texts of all statuses of a node so far. */
  const statuses = (): string[] => {
    const node = flow.flow.node("n0");
    const spy = node.status as unknown as { getCalls(): { thisValue: unknown; args: [NodeStatus] }[] };
    return spy
      .getCalls()
      .filter(({ thisValue }) => thisValue === node)
      .map(({ args: [status] }) => (status as { text?: string }).text ?? "");
  };

  it("puts all items into the payload as one list", async () => {
    addPlaylists(120);
    await flow.deploy([{ path: "/me/playlists", all: true }]);
    const message = await flow.send();
    assert.deepEqual(
      (message.payload as Named[]).map(({ name }) => name),
      flow.account.playlists.all.map(({ name }) => name),
    );
    assert.deepEqual([message.statusCode, "next" in message], [200, false]);
    assert.equal(flow.asked.length, 3);
    assert.deepEqual(recorded("failed"), []);
  });

  it("shows in its status what it does, and then the result", async () => {
    await flow.end();
    // The status changes at most five times a second.
    flow = await RequestFlow.begin({ roundTrip: 250 });
    addPlaylists(120);
    await flow.deploy([{ path: "/me/playlists", all: true }]);
    await flow.send();
    await flow.status(({ fill, text }) => fill === "green" && text === "200 · spotify-request.status.items");
    const said = statuses();
    const call = said.indexOf("GET /me/playlists");
    const progress = said.indexOf("spotify-request.status.progress");
    assert.ok(call >= 0 && progress > call, said.join());
  });

  it("does not show the query, which may be private", async () => {
    await flow.deploy([{ path: "/search?q=my secret&type=album", all: true }]);
    await flow.send();
    await flow.status(({ fill }) => fill === "green");
    assert.doesNotMatch(statuses().join(), /secret/);
  });

  it("warns if there are more than 50 pages, and says where the rest begins, for another node", async () => {
    addPlaylists(60);
    await flow.deploy([
      { path: "/me/playlists?limit=1", all: true },
      { path: "next", pathType: "msg", all: true },
    ]);
    const node = flow.flow.node("n0");
    const warned = new Promise((resolve) => node.once("call:warn", resolve));
    const message = await flow.send();
    assert.equal((message.payload as Named[]).length, 50);
    assert.match(message.next!, /^\/v1\/me\/playlists\?/);
    await warned;
    const rest = await flow.send(message, 1);
    assert.equal((rest.payload as Named[]).length, flow.account.playlists.all.length - 50);
    assert.ok(!("next" in rest));
  });

  it("sends one request with any method except GET, because others have no pages", async () => {
    await flow.deploy([{ method: "PUT", path: "/me/player/pause", all: true }]);
    void flow.account.playback;
    await flow.session.player.refresh();
    assert.equal((await flow.send()).payload, null);
  });

  it("sends nothing if a page fails", async () => {
    addPlaylists(120);
    await flow.deploy([{ path: "/me/playlists", all: true }]);
    await flow.send();
    let pages = 0;
    flow.simulator.on("webApi", () => {
      if (++pages === 1) flow.simulator.faults.webApiStatus = 500;
    });
    const caught = await flow.fail();
    assert.deepEqual([caught.error.code, caught.statusCode], ["UNREACHABLE", 500]);
    assert.equal(recorded("r0").length, 1);
    await flow.status(
      ({ fill, text }) => fill === "red" && text === "500 spotify-request.errors.UNREACHABLE",
    );
  });

  for (const [what, path, why] of [
    ["no pages", "/me", /has no pages/],
    ["several lists", "/search?q=e&type=album,artist", /has several lists/],
  ] as const) {
    it(`says that an answer has ${what}`, async () => {
      await flow.deploy([{ path, all: true }]);
      const { error } = await flow.fail();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, why);
    });
  }
});
