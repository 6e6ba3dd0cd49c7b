import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { install, type Clock } from "@sinonjs/fake-timers";
import type { SpotifyEvent } from "../../../nodes/spotify-events/events";
import { SessionWatch } from "../../../nodes/spotify-events/session-watch";
import { CLIENT_IDS, type Session, type SignIn } from "../../../src";

const DAY = 86_400_000;
const CLIENT_ID = "0123456789abcdef0123456789abcdef";

function sessionWith(signIn: Partial<SignIn>): Session {
  const signIns = Object.assign(new EventEmitter(), { list: () => [signIn] });
  const clientIdState = { reason: "configured" };
  const session = { state: "ready", username: "mira", clientIdState, signIns };
  return Object.assign(new EventEmitter(), session) as unknown as Session;
}

describe("a flow that begins to listen is told which sign-ins end soon", () => {
  let clock: Clock;

  beforeEach(() => (clock = install({ now: 1_800_000_000_000, toFake: ["Date"] })));
  afterEach(() => clock.uninstall());

  /** What is said of a session with this sign-in, besides its state. */
  const toldOf = (signIn: Partial<SignIn>): SpotifyEvent[] => {
    const told: SpotifyEvent[] = [];
    new SessionWatch(sessionWith(signIn), (event) => told.push(event)).stop();
    return told.filter(({ kind }) => kind !== "state");
  };

  for (const [what, left, daysLeft] of [
    ["in 30 days", 30 * DAY, 30],
    ["in almost a week", 7 * DAY - 1, 6],
    ["in a moment", 1, 0],
  ] as const) {
    it(`one that ends ${what}`, () => {
      const expiresAt = Date.now() + left;
      assert.deepEqual(toldOf({ clientId: CLIENT_ID, until: expiresAt, ended: false }), [
        { kind: "sign-in-expiring", clientId: CLIENT_ID, name: null, daysLeft, expiresAt },
      ]);
    });
  }

  for (const [what, left, other] of [
    ["ends in more than 30 days", 30 * DAY + 1, {}],
    ["ends now", 0, {}],
    ["has ended", -DAY, {}],
    ["Spotify no longer accepts", DAY, { ended: true }],
    ["has no permissions that could end", DAY, { clientId: undefined }],
  ] as const) {
    it(`but not one that ${what}`, () => {
      assert.deepEqual(toldOf({ clientId: CLIENT_ID, until: Date.now() + left, ended: false, ...other }), []);
    });
  }

  it("but not one that has no end", () => {
    assert.deepEqual(toldOf({ clientId: CLIENT_ID, until: undefined, ended: false }), []);
  });
});

describe("a flow is told of a changed sign-in", () => {
  it("by the name of the client ID that came with a pairing", () => {
    const told: SpotifyEvent[] = [];
    const session = sessionWith({
      way: "stored",
      by: "pairing",
      clientId: CLIENT_IDS.keymaster,
      since: 1,
      until: 2,
      ended: true,
    });
    const watch = new SessionWatch(session, (event) => told.push(event));
    session.signIns.emit("change");
    watch.stop();
    const signIn = {
      way: "stored",
      by: "pairing",
      clientId: CLIENT_IDS.keymaster,
      name: "keymaster",
      since: 1,
      expiresAt: 2,
      ended: true,
    };
    assert.deepEqual(told.at(-1), { kind: "sign-in", username: "mira", signIns: [signIn] });
  });
});
