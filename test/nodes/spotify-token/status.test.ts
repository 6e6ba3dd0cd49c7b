import assert from "node:assert/strict";
import { Simulator, type Account } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { Flow } from "../support/flow";
import { recordedUntil } from "../support/recorder";

describe("the status of a spotify-token", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const shows = async (text: string, fill?: string): Promise<void> => {
    const status = await flow.status("t0", (now) => now.text === `spotify-token.${text}`);
    if (fill !== undefined) assert.equal(status.fill, fill);
  };

  describe("of a node without permissions", () => {
    it("is yellow and says so, even after it has given a token, which the Web API refuses", async () => {
      await flow.deploy(simulator, account, [{ scopes: [] }]);
      await shows("status.noPermissions", "yellow");
      assert.equal((await flow.ask()).payload.audience, "spotify-internal");
      await shows("status.noPermissions", "yellow");
    });

    it("shows a token that a message has requested with permissions", async () => {
      await flow.deploy(simulator, account, [{ scopes: [] }]);
      await flow.ask({ scopes: "streaming" });
      await flow.status("t0", ({ text }) => /^\d\d:\d\d /.test(text ?? ""));
    });

    it("has no warning if messages bring the permissions", async () => {
      await flow.deploy(simulator, account, [{ scopes: "scopes", scopesType: "msg" }]);
      await shows("status.ready", "green");
    });

    it("has no warning if its source is Login5, whose tokens have none", async () => {
      await flow.deploy(simulator, account, [{ scopes: [], source: "login5" }]);
      await shows("status.ready", "green");
      await flow.ask();
      await flow.status("t0", ({ fill, text }) => fill === "green" && /^\d\d:\d\d login5$/.test(text ?? ""));
    });

    it("has no warning if an app is signed in, which gives all its permissions", async () => {
      await flow.deploy(simulator, undefined, [{ scopes: [] }]);
      await signInWithApp(simulator, flow.sessionNode.session!, account, ["user-top-read"]);
      await shows("status.signedIn", "green");
      await flow.ask();
      await flow.status("t0", ({ fill, text }) => fill === "green" && /^\d\d:\d\d /.test(text ?? ""));
    });
  });

  it("is yellow and says that the Web API refuses the token of Spotify's own client ID", async () => {
    await flow.deploy(simulator, account, [{}]);
    assert.equal((await flow.ask()).payload.audience, "spotify-internal");
    const { text, shape } = await flow.status(
      "t0",
      (now) => now.fill === "yellow" && /^\d/.test(now.text ?? ""),
    );
    assert.match(text ?? "", /^\d\d:\d\d spotify-token\.status\.noWebApi$/);
    assert.equal(shape, "dot");
  });

  it("is green with the token of an app", async () => {
    await flow.deploy(simulator, account, [{}]);
    const app = await signInWithApp(simulator, flow.sessionNode.session!, account, [
      "user-read-playback-state",
    ]);
    assert.equal((await flow.ask()).payload.clientId, app);
    await flow.status("t0", ({ fill, text }) => fill === "green" && (text ?? "").includes(app.slice(0, 8)));
  });

  it("says before any message that the account is not signed in, like all other nodes and the account", async () => {
    await flow.deploy(simulator, undefined, [{}], {}, {}, [{}]);
    await shows("errors.NOT_SIGNED_IN", "grey");
    await flow.status("e0", ({ text }) => text === "spotify-events.errors.NOT_SIGNED_IN");
    await flow.status("session", ({ text }) =>
      text!.endsWith("spotify-token:spotify-token.errors.NOT_SIGNED_IN"),
    );
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    await shows("status.ready", "green");
    await flow.status("session", ({ fill, text }) => fill === "green" && text!.endsWith("status.ready"));
  });

  it("says that there is no account", async () => {
    await flow.deploy(simulator, account, [{ session: "" }]);
    await shows("status.noAccount", "red");
  });
});

describe("the status of an account", () => {
  it("reaches Status nodes: whether it is connected, and that its connection is lost", async () => {
    const simulator = await Simulator.start();
    const flow = new Flow();
    try {
      flow.more = [
        { id: "status", type: "status", z: "tab", x: 0, y: 0, scope: null, wires: [["statuses"]] },
        { id: "statuses", type: "recorder", z: "tab", x: 0, y: 0 },
      ];
      await flow.deploy(simulator, simulator.addAccount(), [{}]);
      const told = (fill: string): Promise<unknown> =>
        recordedUntil("statuses", (messages) => {
          const last = messages.findLast(
            (message) =>
              (message as unknown as { status: { source: { id: string } } }).status.source.id === "session",
          ) as { status: { fill: string } } | undefined;
          return last?.status.fill === fill;
        });
      await told("green");
      await simulator.stopAccessPoints();
      await told("yellow");
      await simulator.startAccessPoints();
      await told("green");
    } finally {
      await flow.dispose();
      await simulator.close();
    }
  });
});
