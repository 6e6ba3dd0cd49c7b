/** On which route an order is sent, and how often. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { CommandOptions } from "../../src/playback/command";
import { Dispatch, type Sent } from "../../src/playback/dispatch";
import type { Order } from "../../src/playback/order";
import { RouteRefusal, type Route } from "../../src/playback/route";
import { failureOf } from "../support/failure";
import { KITCHEN, pushed } from "./support/scenes";

const NEVER = new AbortController().signal;
const PAUSE: Order = { kind: "pause" };
const lost = new SpotifyError("UNREACHABLE", "The connection broke.");
const refusal = new SpotifyError("REQUEST_REFUSED", "Spotify refuses it.");

describe("An order", () => {
  let clock: Clock;
  /** The routes on which the order was sent. */
  let sent: string[];
  /** What each route does with the order, in turn; then it takes it. */
  let failures: { internal: Error[]; "web-api": Error[] };
  let obstacles: { internal?: SpotifyError; "web-api"?: SpotifyError };
  /** Whether the order is seen to have been carried out, each time that is looked at; then it is not. */
  let seen: boolean[];
  let dispatch: Dispatch;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    sent = [];
    failures = { internal: [], "web-api": [] };
    obstacles = {};
    seen = [];
    dispatch = new Dispatch([route("internal"), route("web-api")]);
  });

  afterEach(() => clock.uninstall());

  const route = (name: Route["name"]): Route => ({
    name,
    whyNot: () => obstacles[name],
    send: async () => {
      sent.push(name);
      const failure = failures[name].shift();
      if (failure) throw failure;
      return `ack of ${name}`;
    },
  });

  async function send(order = PAUSE, choice?: CommandOptions["route"]): Promise<Sent> {
    const hasHappened = async (): Promise<boolean> => seen.shift() ?? false;
    const sending = dispatch.send(order, KITCHEN, pushed(), choice, NEVER, hasHappened);
    sending.catch(() => undefined);
    await clock.tickAsync(300);
    return sending;
  }

  for (const [choice, name] of [
    [undefined, "internal"],
    ["auto", "internal"],
    ["internal", "internal"],
    ["web-api", "web-api"],
  ] as const) {
    it(`is sent on one route: ${choice ?? "no choice"} is ${name}`, async () => {
      assert.deepEqual(await send(PAUSE, choice), { ackId: `ack of ${name}` });
      assert.deepEqual(sent, [name]);
    });
  }

  it("is not sent on a route that there is not", async () => {
    await failureOf(send(PAUSE, "carrier pigeon" as "auto"), "INVALID_ARGUMENT");
  });

  it("fails with the first reason why no route can be used", async () => {
    obstacles = { internal: lost, "web-api": refusal };
    assert.equal(await failureOf(send()), lost);
    assert.deepEqual(sent, []);
  });

  it("fails with the last refusal", async () => {
    failures.internal = [new RouteRefusal(lost)];
    failures["web-api"] = [new RouteRefusal(refusal)];
    assert.equal(await failureOf(send()), refusal);
  });

  it("goes to no other route if the device declines it", async () => {
    failures.internal = [new SpotifyError("RESTRICTED", "No.")];
    await failureOf(send(), "RESTRICTED");
    assert.deepEqual(sent, ["internal"]);
  });

  for (const code of ["UNREACHABLE", "TIMEOUT"] as const) {
    it(`is sent again if its answer was lost: ${code}`, async () => {
      failures.internal = [new SpotifyError(code, "No answer.")];
      assert.deepEqual(await send(), { ackId: "ack of internal" });
      assert.deepEqual(sent, ["internal", "internal"]);
    });
  }

  it("is not sent again if it has happened", async () => {
    failures.internal = [lost];
    seen = [true];
    assert.deepEqual(await send(), {});
    assert.deepEqual(sent, ["internal"]);
  });

  it("is not sent on the other route if it has happened after the second time", async () => {
    failures.internal = [lost, lost];
    seen = [false, true];
    assert.deepEqual(await send(), {});
    assert.deepEqual(sent, ["internal", "internal"]);
  });

  it("is sent on the other route after the second time", async () => {
    failures.internal = [lost, lost];
    assert.deepEqual(await send(), { ackId: "ack of web-api" });
    assert.deepEqual(sent, ["internal", "internal", "web-api"]);
  });

  it("fails if the device declines it the second time", async () => {
    failures.internal = [lost, new SpotifyError("RESTRICTED", "No.")];
    await failureOf(send(), "RESTRICTED");
    assert.deepEqual(sent, ["internal", "internal"]);
  });

  it("may have happened if the Web API's answer was lost twice", async () => {
    failures["web-api"] = [lost, lost];
    assert.deepEqual(await send(PAUSE, "web-api"), { lost });
    assert.deepEqual(sent, ["web-api", "web-api"]);
  });

  it("may have happened if its answer was lost, and a second time would do something else", async () => {
    failures.internal = [lost];
    assert.deepEqual(await send({ kind: "next" }), { lost });
    assert.deepEqual(sent, ["internal"]);
  });
});
