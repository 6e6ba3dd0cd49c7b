/** The rules by which a command is carried out, on devices that do only what a test tells them. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { RouteRefusal } from "../../src/playback/route";
import { failureOf } from "../support/failure";
import { device, LivingRoom, playing } from "./support/living-room";

const TRACK = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";
const lost = (): SpotifyError => new SpotifyError("UNREACHABLE", "The connection broke.");
const gone = (): SpotifyError => new SpotifyError("DEVICE_NOT_FOUND", "Spotify has lost it.");

describe("A command", () => {
  let clock: Clock;
  let room: LivingRoom;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    room = new LivingRoom();
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
    assert.equal(room.isWatched, false, "playback is still watched");
  });

  /** Runs everything that does not wait for time to pass. */
  const settle = (): Promise<unknown> => clock.tickAsync(0);

  /** Whether a promise has settled. */
  function watched(promise: Promise<unknown>): { isSettled: boolean } {
    const seen = { isSettled: false };
    const note = (): void => void (seen.isSettled = true);
    promise.then(note, note);
    return seen;
  }

  describe("waits in a queue", () => {
    it("until the command before it has finished", async () => {
      const first = room.run("pause");
      const second = room.run("next");
      await settle();
      assert.deepEqual(room.arrived, ["internal pause kitchen"]);
      room.push(playing(false));
      await first;
      await settle();
      assert.deepEqual(room.arrived, ["internal pause kitchen", "internal next kitchen"]);
      room.push({ uri: TRACK });
      assert.equal((await second).state.uri, TRACK);
    });

    it("and is carried out even if the command before it has failed", async () => {
      room.answer = () => Promise.reject(new SpotifyError("RESTRICTED", "No."));
      const first = failureOf(room.run("next"), "RESTRICTED");
      const second = room.run("volume", 20);
      await first;
      room.obey();
      await second;
      assert.equal(room.scene.targets[0]!.volume, 20);
    });

    it("of at most 1,000", async () => {
      const all = Array.from({ length: 1_000 }, () => failureOf(room.run("next"), "CLOSED"));
      const error = await failureOf(room.run("next"), "RATE_LIMITED");
      assert.equal(error.retryAfter, 1);
      room.closing.abort(new SpotifyError("CLOSED", "The session is closed."));
      await Promise.all(all);
      assert.equal(room.arrived.length <= 1, true);
    });

    it("and its time limit starts when its turn comes", async () => {
      const first = failureOf(room.run("pause", undefined, { timeout: 5_000 }), "NOT_CONFIRMED");
      const second = room.run("next", undefined, { timeout: 3_000 });
      await clock.tickAsync(5_000);
      await first;
      await clock.tickAsync(2_900);
      room.push({ uri: TRACK });
      await second;
    });

    it("until the session closes, another account is signed in, or its own signal ends it", async () => {
      const own = new AbortController();
      const first = failureOf(room.run("next", undefined, { signal: own.signal }), "CLOSED");
      const second = failureOf(room.run("previous"), "CLOSED");
      await settle();
      own.abort(new SpotifyError("CLOSED", "The node was removed."));
      await first;
      room.commands.reset(new SpotifyError("CLOSED", "Another account is signed in, or none."));
      await second;
      assert.equal(room.isWatched, false);
      room.obey();
      await room.run("pause");
      room.closing.abort(new SpotifyError("CLOSED", "The session is closed."));
      await failureOf(room.run("next"), "CLOSED");
    });

    it("and only the newest of several volumes in a row is set", async () => {
      const first = room.run("next");
      await settle();
      const volumes = [10, 20, 30].map((percent) => room.run("volume", percent));
      const elsewhere = room.run("volume", 5, { device: "Study" });
      const steps = [room.run("volume", "+1"), room.run("volume", "+1")];
      room.push({ uri: TRACK });
      room.obey();
      await Promise.all([first, ...volumes, elsewhere, ...steps]);
      const percents = room.orders.map((order) => order.kind === "volume" && order.percent);
      assert.deepEqual(percents, [false, 30, 5, 31, 32]);
    });

    it("but the volume of another caller, who may cancel it, does not replace this caller's volume", async () => {
      const other = new AbortController();
      const first = room.run("next");
      await settle();
      const ended = failureOf(room.run("volume", 10, { signal: other.signal }), "CLOSED");
      const own = room.run("volume", 20);
      other.abort(new SpotifyError("CLOSED", "The node was removed."));
      room.push({ uri: TRACK });
      room.obey();
      await Promise.all([first, ended, own]);
      assert.equal(room.scene.targets[0]!.volume, 20);
    });
  });

  describe("is for the device", () => {
    beforeEach(() => room.obey());

    it("that is active, if none is named", async () => {
      await room.run("play", TRACK);
      assert.deepEqual(room.arrived, ["internal play kitchen"]);
    });

    for (const [kind, name] of [
      ["ID", "b2"],
      ["name, without regard to case, spaces and the form of accents", "  CAFE\u0301 "],
      ["alias", "upstairs"],
    ]) {
      it(`of this ${kind}`, async () => {
        const cafe = device("Café", { id: "b2", aliases: ["Upstairs"] });
        room.become({}, { targets: [room.kitchen, cafe] });
        await room.run("play", TRACK, { device: name! });
        assert.deepEqual(room.arrived, ["internal play b2"]);
      });
    }

    it("of this name that is active, if two have the name; otherwise the first", async () => {
      const [one, other] = [device("Twin", { id: "one" }), device("Twin", { id: "other" })];
      room.become({ device: other }, { targets: [one, other] });
      await room.run("next", undefined, { device: "twin" });
      room.become({ device: room.kitchen });
      await room.run("volume", 41, { device: "twin" });
      assert.deepEqual(room.arrived, ["internal next other", "internal volume one"]);
    });

    it("that last had this name, but not if another has it now", async () => {
      await room.run("volume", 41, { device: "Study" });
      const renamed = device("Office", { id: "study", volume: 1 });
      room.become({}, { targets: [room.kitchen, renamed] });
      await room.run("volume", 42, { device: "Study" });
      room.become({}, { targets: [renamed, device("Study", { id: "new" })] });
      await room.run("volume", 43, { device: "Study" });
      const expected = ["internal volume study", "internal volume study", "internal volume new"];
      assert.deepEqual(room.arrived, expected);
    });

    it("but fails if none is named and none is active, and wakes none", async () => {
      room.become({ device: null, status: "idle", playing: false });
      await failureOf(room.run("play", TRACK), "NO_ACTIVE_DEVICE");
      await failureOf(room.run("play"), "NO_ACTIVE_DEVICE");
      await failureOf(room.run("toggle"), "NO_ACTIVE_DEVICE");
      assert.deepEqual([room.arrived, room.woken], [[], []]);
    });

    it("that is woken, if it is named and not listed, within a separate time limit", async () => {
      const phone = device("Phone");
      room.wake = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        room.become({}, { targets: [...room.scene.targets, phone] });
        return phone;
      };
      const played = room.run("play", TRACK, { device: "Phone" });
      await clock.tickAsync(20_000);
      assert.equal((await played).state.device?.id, "phone");
      assert.deepEqual([room.woken, room.arrived], [["Phone"], ["internal play phone"]]);
    });

    it("or says which devices are available, if the device may not be woken", async () => {
      const error = await failureOf(
        room.run("play", TRACK, { device: "Phone", wake: false }),
        "DEVICE_NOT_FOUND",
      );
      assert.match(error.message, /“Phone”.*Kitchen, Study/);
      assert.deepEqual(room.woken, []);
    });

    it("that is asleep, only if there is something to do: a device that does not play is not paused", async () => {
      await failureOf(room.run("pause", undefined, { device: "Phone" }), "DEVICE_NOT_FOUND");
      await room.run("pause", undefined, { device: "Study" });
      assert.deepEqual([room.woken, room.arrived], [[], []]);
    });
  });

  describe("is not sent", () => {
    it("if its effect already exists", async () => {
      await room.run("play");
      await room.run("volume", 40);
      await room.run("shuffle", room.scene.state.shuffle);
      await room.run("repeat", room.scene.state.repeat);
      await room.run("transfer", undefined, { device: "Kitchen" });
      room.become({ ...playing(false), denied: { pause: ["not_playing"] } });
      await room.run("pause");
      assert.deepEqual(room.arrived, []);
    });

    it("if Spotify says in advance that it is not possible; the error has the reason", async () => {
      room.become({ denied: { next: ["no_next_track"], seek: ["strange <b>\u0007word"] } });
      const known = await failureOf(room.run("next"), "RESTRICTED");
      assert.match(known.message, /nothing comes after this item/);
      assert.equal(known.reason, "no_next_track");
      const unknown = await failureOf(room.run("seek", 1_000), "RESTRICTED");
      assert.match(unknown.message, /Spotify says: strange/);
      assert.ok(!unknown.message.includes("\u0007"));
      assert.deepEqual(room.arrived, []);
    });

    it("if the device that plays may not transfer its playback", async () => {
      room.become({ denied: { transfer: ["endless_context"] } });
      await failureOf(room.run("transfer", undefined, { device: "Study" }), "RESTRICTED");
      assert.deepEqual(room.arrived, []);
    });

    it("but an action that one device denies may be possible on another", async () => {
      room.obey();
      room.become({ denied: { play: ["no"] } });
      await room.run("play", TRACK, { device: "Study" });
      assert.deepEqual(room.arrived, ["internal play study"]);
    });

    it("to a device whose volume can be set only on the device", async () => {
      room.become({}, { targets: [device("Kitchen", { canSetVolume: false })] });
      await failureOf(room.run("volume", 10), "RESTRICTED");
      room.obey();
      await room.run("play", { uri: TRACK, volume: 10 });
      assert.deepEqual(room.arrived, ["internal play kitchen"]);
    });
  });

  describe("is one order or several:", () => {
    beforeEach(() => room.obey());

    it("the volume is set before playback starts", async () => {
      await room.run("play", { uri: LIST, volume: 20, shuffle: false }, { device: "Study" });
      assert.deepEqual(room.arrived, ["internal volume study", "internal play study"]);
      const [, play] = room.orders;
      assert.equal(play?.kind === "play" && play.shuffle, false);
    });

    it("playback on another device is transferred, and resumed if it still does not play", async () => {
      room.become(playing(false));
      await room.run("play", undefined, { device: "Study" });
      assert.deepEqual(room.arrived, ["internal transfer study"]);
      const obeys = room.answer;
      room.answer = (order, target) => {
        if (order.kind !== "transfer") return obeys(order, target);
        room.push({ ...playing(false), device: target });
        return undefined;
      };
      await room.run("pause");
      await room.run("play", undefined, { device: "Kitchen" });
      assert.deepEqual(room.arrived.slice(-2), ["internal transfer kitchen", "internal resume kitchen"]);
      assert.equal(room.scene.state.playing, true);
    });

    it("settings that a device did not take from the order to play are set again", async () => {
      const obeys = room.answer;
      room.answer = (order, target) =>
        obeys(order.kind === "play" ? { kind: "play", context: LIST } : order, target);
      await room.run("play", { uri: LIST, shuffle: false, repeat: "context", position: 60_000 });
      const { shuffle, repeat, position } = room.scene.state;
      assert.deepEqual([shuffle, repeat, position], [false, "context", 60_000]);
    });

    it("a position and a volume are kept within their limits", async () => {
      await room.run("seek", "-10m");
      assert.deepEqual(room.orders.at(-1), { kind: "seek", position: 0 });
      await room.run("seek", "+10m");
      assert.deepEqual(room.orders.at(-1), { kind: "seek", position: room.scene.state.duration });
      await room.run("volume", "+90");
      assert.deepEqual(room.orders.at(-1), { kind: "volume", percent: 100 });
    });

    it("each of several URIs is queued once, in their order", async () => {
      const uris = [TRACK, "spotify:track:11dFghVXANMlKmJXsNCbNl", TRACK];
      await room.run("queue", uris);
      assert.deepEqual(
        room.scene.state.queue!.map(({ uri }) => uri),
        uris,
      );
    });

    it("words are looked up, and the result is played", async () => {
      room.lookups = { ...room.lookups, search: () => Promise.resolve({ context: LIST }) };
      assert.equal((await room.run("play", "some jazz")).state.context?.uri, LIST);
    });

    it("the current item is liked, if none is named", async () => {
      const liked: unknown[] = [];
      room.lookups = { ...room.lookups, like: async (...request) => void liked.push(request.slice(0, 2)) };
      await room.run("like");
      await room.run("unlike", TRACK);
      assert.deepEqual(liked, [
        [[room.scene.state.uri], true],
        [[TRACK], false],
      ]);
    });

    it("an Echo is asked again every half second, until it is active", async () => {
      const echo = device("Echo", { id: "51d00000_amzn_1" });
      room.become({}, { targets: [room.kitchen, echo] });
      let transfers = 0;
      room.answer = (_order, target) => {
        if (++transfers === 2) throw new SpotifyError("RESTRICTED", "No.");
        if (transfers === 4) room.push({ device: target });
        return undefined;
      };
      const moved = room.run("transfer", undefined, { device: "Echo" });
      await clock.tickAsync(1_600);
      await moved;
      assert.equal(transfers, 4);
    });

    it("but an Echo is not asked again during a Retry-After", async () => {
      room.become({}, { targets: [room.kitchen, device("Echo", { id: "51d00000_amzn_1" })] });
      room.answer = () => Promise.reject(new SpotifyError("RATE_LIMITED", "Later.", { retryAfter: 9 }));
      await failureOf(room.run("transfer", undefined, { device: "Echo" }), "RATE_LIMITED");
      assert.equal(room.arrived.length, 1);
    });
  });

  describe("uses", () => {
    const refuse = (): never => {
      throw new RouteRefusal(new SpotifyError("REQUEST_REFUSED", "Spotify refuses it."));
    };

    it("the Web API, if Spotify's own services refused before they accepted", async () => {
      room.obey();
      room.answers.internal = refuse;
      await room.run("pause");
      assert.deepEqual(room.arrived, ["internal pause kitchen", "web-api pause kitchen"]);
    });

    it("the Web API, if there is no sign-in for Spotify's own services", async () => {
      room.obey();
      room.obstacles.internal = new SpotifyError("NOT_SIGNED_IN", "Not signed in.");
      await room.run("pause");
      assert.deepEqual(room.arrived, ["web-api pause kitchen"]);
    });

    it("no other route after a device has declined, or if one route was chosen", async () => {
      room.answers.internal = () => Promise.reject(new SpotifyError("RESTRICTED", "No."));
      await failureOf(room.run("next"), "RESTRICTED");
      room.answers.internal = refuse;
      await failureOf(room.run("next", undefined, { route: "internal" }), "REQUEST_REFUSED");
      room.obey();
      await room.run("next", undefined, { route: "web-api" });
      assert.deepEqual(room.arrived, [
        "internal next kitchen",
        "internal next kitchen",
        "web-api next kitchen",
      ]);
    });

    it("all routes if all refuse, and fails with the error of the last one", async () => {
      room.answers.internal = refuse;
      room.obstacles["web-api"] = new SpotifyError("NOT_SIGNED_IN", "No app.");
      await failureOf(room.run("next"), "REQUEST_REFUSED");
    });
  });

  describe("whose answer was lost", () => {
    it("is sent once more if that does no harm, unless its effect is seen", async () => {
      let sent = 0;
      room.answer = () => {
        if (++sent === 1) throw lost();
        room.push(playing(false));
        return undefined;
      };
      const paused = room.run("pause");
      await clock.tickAsync(300);
      assert.equal((await paused).state.status, "paused");
      assert.equal(sent, 2);

      room.answer = () => {
        sent++;
        room.become(playing(true));
        throw lost();
      };
      const going = room.run("play");
      await clock.tickAsync(300);
      assert.equal((await going).state.status, "playing");
      assert.equal(sent, 3);
    });

    it("uses the Web API after a second failure", async () => {
      room.answers.internal = () => Promise.reject(lost());
      room.answer = () => {
        room.push(playing(false));
        return undefined;
      };
      const paused = room.run("pause");
      await clock.tickAsync(300);
      await paused;
      assert.deepEqual(
        room.arrived.map((order) => order.split(" ")[0]),
        ["internal", "internal", "web-api"],
      );
    });

    for (const [action, value] of [
      ["next", undefined],
      ["previous", undefined],
      ["transfer", undefined],
      ["queue", TRACK],
    ] as const) {
      it(`is not sent again if it is “${action}”: if its effect is not seen, it fails`, async () => {
        room.answer = () => Promise.reject(lost());
        const failed = failureOf(room.run(action, value, action === "transfer" ? { device: "Study" } : {}));
        await clock.tickAsync(8_000);
        assert.equal((await failed).code, "UNREACHABLE");
        assert.equal(room.arrived.length, 1);
      });
    }

    it("is done if its effect is seen", async () => {
      room.answer = () => {
        room.become({ uri: TRACK });
        throw lost();
      };
      assert.equal((await room.run("next")).state.uri, TRACK);
      assert.equal(room.arrived.length, 1);
    });
  });

  describe("to a device that Spotify has just lost", () => {
    it("wakes the device if it is named, and is sent once more", async () => {
      room.obey();
      const obeys = room.answer;
      room.answer = () => {
        room.answer = obeys;
        room.become({}, { targets: [room.kitchen] });
        throw gone();
      };
      room.wake = () => {
        room.become({}, { targets: [room.kitchen, room.study] });
        return Promise.resolve(room.study);
      };
      await room.run("play", TRACK, { device: "Study" });
      assert.deepEqual(room.woken, ["Study"]);
      assert.deepEqual(room.arrived, ["internal play study", "internal play study"]);
    });

    it("waits up to 12 s for the device if it is not named, and wakes none", async () => {
      room.answer = () => {
        room.become({}, { targets: [] });
        throw gone();
      };
      const failed = failureOf(room.run("play", TRACK), "DEVICE_NOT_FOUND");
      const seen = watched(failed);
      await clock.tickAsync(11_900);
      assert.equal(seen.isSettled, false);
      await clock.tickAsync(100);
      await failed;
      assert.deepEqual(room.woken, []);
    });

    it("waits a second if Spotify lists the device, and is sent once more", async () => {
      room.obey();
      const obeys = room.answer;
      room.answer = () => {
        room.answer = obeys;
        throw gone();
      };
      const played = room.run("play", TRACK);
      await clock.tickAsync(999);
      assert.equal(room.arrived.length, 1);
      await clock.tickAsync(1);
      await played;
      assert.equal(room.arrived.length, 2);
    });

    it("fails after the second time", async () => {
      room.answer = () => Promise.reject(gone());
      const failed = failureOf(room.run("next"), "DEVICE_NOT_FOUND");
      await clock.tickAsync(1_000);
      await failed;
      assert.equal(room.arrived.length, 2);
    });
  });

  describe("is done", () => {
    it("when its effect is seen, not when it is accepted", async () => {
      const paused = room.run("pause");
      const seen = watched(paused);
      await clock.tickAsync(3_000);
      room.push({ shuffle: true });
      await settle();
      assert.equal(seen.isSettled, false);
      room.push(playing(false));
      assert.equal((await paused).state.status, "paused");
    });

    it("when Spotify repeats the ID from its answer", async () => {
      room.answer = () => "ack 1";
      const next = room.run("next");
      await settle();
      room.push({}, { ackId: "ack 1" });
      await next;
    });

    it("also if Spotify's push comes before its answer", async () => {
      room.answer = () => {
        room.push({ uri: TRACK }, { ackId: "ack 1" });
        return "ack 1";
      };
      assert.equal((await room.run("next")).state.uri, TRACK);
    });

    it("but not by a push that was sent before the command", async () => {
      room.become({}, { serverTime: 50 });
      const paused = failureOf(room.run("pause"), "NOT_CONFIRMED");
      await settle();
      room.push(playing(false), { serverTime: 49 });
      await clock.tickAsync(8_000);
      await paused;
    });

    it("but not by a push that still shows the position without the seek", async () => {
      const back = room.run("seek", "-5s");
      const seen = watched(back);
      await settle();
      room.push({ shuffle: !room.scene.state.shuffle });
      await settle();
      assert.equal(seen.isSettled, false);
      room.push({ position: room.scene.state.position! - 5_000 });
      await back;
    });

    it("but not by the same playlist, if it played before and was not started again", async () => {
      room.become({ context: { uri: LIST, type: "playlist", name: null, url: null } });
      const played = room.run("play", LIST);
      const seen = watched(played);
      await settle();
      room.push({ shuffle: !room.scene.state.shuffle });
      await settle();
      assert.equal(seen.isSettled, false);
      room.push({}, { playbackId: "2" });
      await played;
    });

    it("if another release of the same track plays", async () => {
      const played = room.run("play", TRACK);
      await settle();
      const context = { uri: TRACK, type: "track", name: null, url: null };
      room.push({ uri: "spotify:track:11dFghVXANMlKmJXsNCbNl", context }, { playbackId: "2" });
      await played;
    });

    it("even if the queue is too long to show one more item", async () => {
      const item = { uri: "spotify:track:11dFghVXANMlKmJXsNCbNl", title: null, artist: null, queued: true };
      room.become({ queue: Array.from({ length: 20 }, () => item) });
      await room.run("queue", TRACK);
      assert.equal(room.arrived.length, 1);
    });

    it("at Spotify's answer, if it need not be confirmed", async () => {
      await room.run("next", undefined, { confirm: false });
      assert.deepEqual([room.arrived, room.isWatched], [["internal next kitchen"], false]);
    });

    it("if a person did the same earlier, and the device declines the command for that reason", async () => {
      room.answer = () => {
        room.become(playing(false));
        throw new SpotifyError("RESTRICTED", "It is paused already.");
      };
      assert.equal((await room.run("pause")).state.status, "paused");
    });

    it("or fails after its time limit, and says what was seen", async () => {
      const failed = failureOf(room.run("play", TRACK, { timeout: 2_000 }), "NOT_CONFIRMED");
      await settle();
      room.push(playing(false));
      await clock.tickAsync(2_000);
      assert.match(
        (await failed).message,
        /Kitchen was not seen to carry it out within 2 s\. Kitchen is paused\./,
      );
    });
  });

  describe("that fades the volume", () => {
    beforeEach(() => room.obey());

    const volume = (): number | null => room.scene.targets[0]!.volume;

    it("sets it twice a second, lets other commands pass, and is done at its end", async () => {
      const faded = room.run("volume", { volume: 20, over: 10 });
      await clock.tickAsync(5_000);
      assert.ok(Math.abs(volume()! - 30) <= 1, String(volume()));
      await room.run("next");
      await room.run("play", TRACK);
      await clock.tickAsync(5_000);
      await faded;
      assert.equal(volume(), 20);
      assert.ok(room.arrived.length <= 23);
    });

    it("sets it every two seconds, if the Web API must be asked each time", async () => {
      room.become({ source: "web-api" });
      const faded = room.run("volume", { volume: 20, over: 10 });
      await clock.tickAsync(10_000);
      await faded;
      assert.equal(volume(), 20);
      assert.equal(room.arrived.length, 5);
    });

    it("ends if a person sets the volume at the device", async () => {
      const faded = room.run("volume", { volume: 20, over: 10 });
      await clock.tickAsync(5_000);
      room.become({}, { targets: [{ ...room.kitchen, volume: 60 }, room.study] });
      await clock.tickAsync(500);
      await faded;
      assert.equal(volume(), 60);
    });

    it("ends with another volume command, whose volume stays", async () => {
      const faded = room.run("volume", { volume: 20, over: 10 });
      await clock.tickAsync(5_000);
      await room.run("volume", 70);
      await clock.tickAsync(10_000);
      await faded;
      assert.equal(volume(), 70);
    });
  });
});
