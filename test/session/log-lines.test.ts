import assert from "node:assert/strict";
import { once } from "node:events";
import { CLIENT_IDS, type Session } from "../../src";
import { useStage } from "../support/stage";

const MINUTE = 60_000;
const MOST = 10;
const { android, ios } = CLIENT_IDS;

/** Lines that Spotify and the network can cause: no matter how many come, the number of written lines is limited. */
describe("the log of a session", () => {
  const stage = useStage();
  let lines: string[];

  beforeEach(() => (lines = []));

  async function connected(observe = false): Promise<Session> {
    const session = await stage.current.connected(undefined, {
      observe,
      log: (level, message) => lines.push(`${level} ${message}`),
    });
    while (observe && session.following.state !== "connected") await once(session, "following");
    return session;
  }

  const about = (words: string): string[] => lines.filter((line) => line.includes(words));

  it("has ten changes of the client ID in a minute, and the last one with the number of the others", async () => {
    const { time } = stage.current;
    const session = await connected();
    let changes = 0;
    session.on("clientId", () => changes++);
    for (let change = 0; change < 1_000; change++) {
      session.setClientId(change % 2 === 0 ? android : ios, "cluster", {
        id: "phone",
        name: `Phone ${change}`,
      });
    }
    assert.equal(changes, 1_000);
    assert.equal(about("The client ID is now").length, MOST);
    await time.advance(MINUTE);
    assert.match(about("The client ID is now")[MOST]!, /\(cluster, Phone 999\)\. \(989 lines like this/);
    assert.equal(about("The client ID is now").length, MOST + 1);
  });

  it("still has other lines while the client ID changes without end", async () => {
    const session = await connected();
    for (let change = 0; change < 100; change++)
      session.setClientId(change % 2 === 0 ? android : ios, "cluster");
    lines = [];
    await session.close();
    assert.equal(about("The session is closed").length, 1);
  });

  it("has ten lines a minute about invalid messages, and ten about commands of apps, and counts the rest", async () => {
    const { simulator, time } = stage.current;
    await connected(true);
    const [connection] = simulator.dealer.connections;
    for (let message = 0; message < 100; message++) connection!.sendGarbage("cut-json");
    const command = { command: { endpoint: "pause" } };
    await Promise.all(
      Array.from({ length: 100 }, () => connection!.request("hm://connect-state/v1/player/command", command)),
    );
    await time.advance(1_000);
    assert.equal(about("Playback cannot be followed").length + about("A Spotify app sent").length, MOST);
    await time.advance(MINUTE);
    assert.match(lines.at(-1)!, /\(\d+ lines like this were left out\)/);
  });

  it("says what it left out when the session is closed", async () => {
    const session = await connected();
    for (let change = 0; change < 100; change++)
      session.setClientId(change % 2 === 0 ? android : ios, "cluster");
    await session.close();
    assert.match(about("The client ID is now").at(-1)!, /\(89 lines like this were left out\)/);
  });
});
