import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { RawRemote, type RemoteAnswer } from "../clients/raw-remote";
import { FakeTime } from "../../support/fake-time";
import { Simulator, type Account, type Playback, type SimulatedDevice } from "../index";
import { CATALOGUE } from "../world/catalogue";

const { defaultPlaylist, dinner, lonelyTrack } = CATALOGUE;
const [first, second, third] = defaultPlaylist.items;
assert.ok(first && second && third);

describe("simulator: commands to simulated devices", () => {
  let simulator: Simulator;
  let ada: Account;
  let playback: Playback;
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;
  let remote: RawRemote;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
    ({ playback } = ada);
    [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
    remote = new RawRemote(simulator, ada);
  });

  afterEach(() => simulator.close());

  async function done(answer: Promise<RemoteAnswer>): Promise<string> {
    const { status, body } = await answer;
    assert.equal(status, 200);
    // As in WaveeMusic's capture: "wz5S0pyivvdsw9Z4zhY_200DsyU".
    assert.match(String(body["ack_id"]), /^[\w-]{27}$/);
    return String(body["ack_id"]);
  }

  async function refused(answer: Promise<RemoteAnswer>): Promise<[number, Record<string, unknown>]> {
    const { status, body } = await answer;
    return [status, body];
  }

  const command = (endpoint: string, fields?: object): Promise<string> =>
    done(remote.command(kitchen.id, endpoint, fields));

  const declines = (endpoint: string, fields?: object): Promise<[number, Record<string, unknown>]> =>
    refused(remote.command(kitchen.id, endpoint, fields));

  const play = (context: object, options: object = {}, device = kitchen): Promise<string> =>
    done(remote.command(device.id, "play", { context, play_origin: {}, options }));

  /** The pushes during this time: the `ack_id`, and the item that played. */
  async function pushes(
    action: () => Promise<unknown>,
  ): Promise<{ ackId?: string; state: Playback["state"] }[]> {
    const seen: { ackId?: string; state: Playback["state"] }[] = [];
    playback.on("change", ({ ackId }) => {
      seen.push({ ...(ackId !== undefined && { ackId }), state: playback.state });
    });
    await action();
    return seen;
  }

  describe("need", () => {
    it("a token of one of Spotify's own client IDs, and a client token", async () => {
      const ask = (headers: Record<string, string>): Promise<RemoteAnswer> =>
        remote.send(kitchen.id, { command: { endpoint: "pause" } }, headers);
      const appToken = ada.accessToken({ clientId: simulator.addApp().clientId });
      assert.equal((await ask({ authorization: "" })).status, 401);
      assert.equal((await ask({ authorization: `Bearer ${appToken}` })).status, 401);
      assert.notEqual((await ask({ "client-token": "" })).status, 200);
      assert.equal(playback.state.status, "playing");
    });

    it("a device that Spotify lists", async () => {
      const body = { error_type: "DEVICE_NOT_FOUND", message: "Device not found, from edgeproxy" };
      assert.deepEqual(await refused(remote.command("9".repeat(40), "pause")), [404, body]);
      study.disconnect();
      assert.deepEqual(await refused(remote.transfer(study.id)), [404, body]);
      const { id } = simulator.addAccount().playback.addDevice({ name: "Bob's" });
      assert.deepEqual(await refused(remote.command(id, "pause")), [404, body]);
    });

    it("a valid body", async () => {
      for (const body of ["{", "[]", "{}", { command: 1 }, { command: {} }, { command: { endpoint: 1 } }]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        assert.equal((await remote.send(kitchen.id, body)).status, 400);
      }
      assert.equal((await declines("seek_to", { value: "far" }))[0], 400);
      assert.equal((await declines("set_shuffling_context", {}))[0], 400);
      assert.equal((await declines("play", {}))[0], 400);
      assert.equal((await remote.ask("PUT", `player/command/from/a/to/${kitchen.id}`, {})).status, 405);
    });

    it("a command that exists", async () => {
      assert.deepEqual(await declines("explode"), [400, { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" }]);
    });
  });

  describe("act on the playback:", () => {
    it("pause and resume", async () => {
      await command("pause");
      assert.equal(playback.state.status, "paused");
      await command("resume");
      assert.equal(playback.state.status, "playing");
    });

    it("skip_next and skip_prev; a named track is jumped to", async () => {
      await command("skip_next");
      assert.equal(playback.state.item.uri, second.uri);
      await command("skip_prev", { options: { allow_seeking: true } });
      assert.equal(playback.state.item.uri, first.uri);
      await command("skip_next", { track: { uri: third.uri, uid: "" } });
      assert.equal(playback.state.item.uri, third.uri);
      assert.deepEqual(
        (await declines("skip_next", { track: { uri: lonelyTrack.uri } }))[1]["error_code"],
        "11",
      );
    });

    it("skip_next in the desktop app's spelling", async () => {
      await command("next_track");
      assert.equal(playback.state.item.uri, second.uri);
    });

    it("skip_prev goes back to the start of the item if it may", async () => {
      await command("skip_next");
      playback.seek(10_000);
      await command("skip_prev", { options: { allow_seeking: true } });
      assert.equal(playback.state.item.uri, second.uri);
      assert.ok(playback.state.position < 5_000);
      playback.seek(10_000);
      await command("skip_prev", { options: { allow_seeking: false } });
      assert.equal(playback.state.item.uri, first.uri);
    });

    it("seek_to", async () => {
      await command("seek_to", { value: 60_000, position: 60_000 });
      assert.ok(Math.abs(playback.state.position - 60_000) < 5_000);
    });

    it("the options, one by one or together", async () => {
      await command("set_shuffling_context", { value: true });
      assert.equal(playback.state.shuffle, true);
      await command("set_repeating_track", { value: true });
      assert.equal(playback.state.repeat, "track");
      await command("set_repeating_track", { value: false });
      await command("set_repeating_context", { value: false });
      assert.equal(playback.state.repeat, "off");
      await command("set_options", { shuffling_context: false, repeating_context: true });
      assert.deepEqual([playback.state.shuffle, playback.state.repeat], [false, "context"]);
    });

    it("add_to_queue", async () => {
      await command("add_to_queue", { track: { uri: lonelyTrack.uri, uid: "", metadata: {} } });
      const [next] = playback.state.queue;
      assert.deepEqual([next?.uri, next?.queued], [lonelyTrack.uri, true]);
    });

    it("in the form of the desktop app, compressed", async () => {
      const options = { override_restrictions: false, only_for_local_device: false, system_initiated: false };
      const body = gzipSync(JSON.stringify({ command: { endpoint: "pause", logging_params: {}, options } }));
      const headers = { "content-type": "application/x-www-form-urlencoded", "x-transfer-encoding": "gzip" };
      await done(remote.send(kitchen.id, body, headers));
      assert.equal(playback.state.status, "paused");
      assert.equal((await remote.send(kitchen.id, "{}", headers)).status, 400);
    });
  });

  describe("play", () => {
    it("a context from an item and a position, on the named device", async () => {
      await play(
        { uri: dinner.uri },
        { skip_to: { track_uri: dinner.items[2]?.uri }, seek_to: 9_000 },
        study,
      );
      const { context, item, position } = playback.state;
      assert.equal(playback.active, study);
      assert.deepEqual([context?.uri, item.uri], [dinner.uri, dinner.items[2]?.uri]);
      assert.ok(position >= 9_000 && position < 14_000);
      await play({ uri: dinner.uri }, { skip_to: { track_index: 1 } });
      assert.equal(playback.state.item.uri, dinner.items[1]?.uri);
    });

    it("in the form of the desktop app", async () => {
      await done(
        remote.command(kitchen.id, "play", {
          context: { entity_uri: dinner.uri, uri: dinner.uri, url: `context://${dinner.uri}`, metadata: {} },
          prepare_play_options: { skip_to: { track_index: 1 } },
          play_options: { reason: "interactive", operation: "replace", trigger: "immediately" },
        }),
      );
      assert.equal(playback.state.item.uri, dinner.items[1]?.uri);
    });

    it("items without a context", async () => {
      await play({ pages: [{ tracks: [{ uri: third.uri }, { uri: lonelyTrack.uri }] }] });
      assert.deepEqual([playback.state.context, playback.state.item.uri], [undefined, third.uri]);
      await command("skip_next");
      assert.equal(playback.state.item.uri, lonelyTrack.uri);
      await play({ uri: second.uri });
      assert.equal(playback.state.item.uri, second.uri);
    });

    it("the results for words", async () => {
      await play({ uri: "spotify:search:wake+lan" });
      assert.ok(playback.player.list.items.some(({ name }) => name === "Wake on LAN"));
    });

    it("shuffled and repeated from the start, in one change", async () => {
      const override = { shuffling_context: true, repeating_context: false, repeating_track: true };
      const [push, ...others] = await pushes(() =>
        play({ uri: dinner.uri }, { player_options_override: override }),
      );
      assert.deepEqual(others, []);
      const { context, shuffle, repeat } = push!.state;
      assert.deepEqual([context?.uri, shuffle, repeat], [dinner.uri, true, "track"]);
    });

    it("paused from the start", async () => {
      const seen = await pushes(() => play({ uri: dinner.uri }, { initially_paused: true }));
      assert.deepEqual(
        seen.map(({ state }) => state.status),
        ["paused"],
      );
    });

    it("nothing that is not in this Spotify's catalogue", async () => {
      const [status, body] = await declines("play", {
        context: { uri: "spotify:album:nothing" },
        options: {},
      });
      assert.deepEqual([status, body["error_code"]], [403, "40"]);
      assert.equal(playback.state.context?.uri, defaultPlaylist.uri);
    });
  });

  describe("are declined as the cluster announces:", () => {
    // Source: BridgeThing's tests, "skip_to_prev_restricted".
    it("there is nothing before the first item", async () => {
      playback.setRepeat("off");
      assert.deepEqual(await declines("skip_prev"), [
        403,
        { error_code: "9", error_description: "skip_to_prev_restricted", reasons: ["no_prev_track"] },
      ]);
    });

    it("it is paused, it plays", async () => {
      assert.deepEqual((await declines("resume"))[1]["reasons"], ["not_paused"]);
      playback.pause();
      assert.deepEqual((await declines("pause"))[1]["reasons"], ["not_playing"]);
    });

    it("it is an advert", async () => {
      playback.advert(30);
      assert.deepEqual(await declines("seek_to", { value: 1, position: 1 }), [
        403,
        {
          error_code: "12",
          error_description: "seek_to_restricted",
          reasons: ["not_supported_by_content_type"],
        },
      ]);
    });

    it("an item without a context cannot be shuffled, but it can be repeated", async () => {
      await play({ uri: second.uri });
      const [status, body] = await declines("set_options", { shuffling_context: true });
      assert.deepEqual([status, body["error_code"], body["reasons"]], [403, "15", ["no_associated_track"]]);
      await command("set_options", {
        shuffling_context: false,
        repeating_context: false,
        repeating_track: true,
      });
      assert.equal(playback.state.repeat, "track");
    });
  });

  describe("are acknowledged", () => {
    it("only by the push with their changes", async () => {
      let ackId = "";
      const seen = await pushes(async () => {
        ackId = await command("set_options", { shuffling_context: true, repeating_track: true });
      });
      assert.deepEqual(
        seen.map(({ ackId: pushed, state }) => [pushed, state.shuffle, state.repeat]),
        [[ackId, true, "track"]],
      );
    });

    it("later than they are seen, or never, by some devices", async () => {
      kitchen.conduct.acksAfter = "never";
      let ackId = "";
      const seen = await pushes(async () => {
        ackId = await command("pause");
      });
      assert.deepEqual(
        seen.map((push) => push.ackId === ackId),
        [false],
      );
      kitchen.conduct.acksAfter = 1;
      const later = new Promise<string>((resolve) => {
        playback.on("change", ({ ackId: pushed = "" }) => seen.length === 3 && resolve(pushed));
      });
      ackId = await command("resume");
      assert.equal(await later, ackId);
      assert.notEqual(seen[1]?.ackId, ackId);
    });
  });

  describe("for the volume", () => {
    it("are JSON, or a protobuf", async () => {
      await done(remote.volume(study.id, 32_768));
      assert.equal(study.volume, 50);
      // 19,496 of 65,535, over wlan. Source: WaveeMusic, from a capture.
      await done(remote.volume(study.id, Buffer.from("08a898011a002204776c616e", "hex")));
      assert.equal(study.volume, 30);
      await done(remote.volume(study.id, Buffer.from("1a00", "hex")));
      assert.equal(study.volume, 0);
      assert.equal(playback.active, kitchen);
    });

    it("are refused by an iPhone, and if they are invalid", async () => {
      for (const volume of [-1, 65_536, 1.5, "loud", undefined]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        assert.equal((await remote.volume(study.id, volume)).status, 400);
      }
      const phone = playback.addDevice({ name: "Phone", habit: "iphone" });
      assert.deepEqual(await refused(remote.volume(phone.id, 1)), [
        400,
        { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" },
      ]);
    });
  });

  describe("to transfer", () => {
    // The body of the desktop app. Source: WaveeMusic connect-commands-from-capture.md.
    const RESTORE = {
      options: {
        restore_paused: "restore",
        restore_position: "extrapolate",
        restore_track: "only_current",
        license: "premium",
      },
    };

    it("keep it playing or paused", async () => {
      await done(remote.transfer(study.id, RESTORE));
      assert.deepEqual([playback.active, playback.state.status], [study, "playing"]);
      playback.pause();
      await done(remote.transfer(kitchen.id));
      assert.deepEqual([playback.active, playback.state.status], [kitchen, "paused"]);
    });

    it("may resume or pause, in one change", async () => {
      playback.pause();
      await done(remote.transfer(study.id, { transfer_options: { restore_paused: "resume" } }));
      assert.equal(playback.state.status, "playing");
      const seen = await pushes(() =>
        done(remote.transfer(kitchen.id, { transfer_options: { restore_paused: "pause" } })),
      );
      assert.deepEqual(
        seen.map(({ state }) => [state.device?.name, state.status]),
        [["Kitchen", "paused"]],
      );
    });
  });

  describe("to a device", () => {
    it("that is not active: only play, transfer and volume have an effect", async () => {
      await done(remote.command(study.id, "pause"));
      assert.equal(playback.state.status, "playing");
      playback.stop();
      await done(remote.command(study.id, "resume"));
      assert.equal(playback.state.status, "idle");
      await done(remote.command(kitchen.id, "resume"));
      assert.equal(playback.active, kitchen);
    });

    // Source: librespot core/src/dealer/protocol/request.rs.
    it("like librespot, which cannot read commands without logging_params, or a seek with one number", async () => {
      kitchen.habit = "librespot";
      const failed = [400, { error_type: "CONTEXT_PLAYER_ERROR" }];
      assert.deepEqual(await declines("pause", { logging_params: undefined }), failed);
      assert.deepEqual(await declines("seek_to", { value: 1 }), failed);
      await command("pause");
    });

    it("that does not know set_options", async () => {
      kitchen.conduct.lacksSetOptions = true;
      assert.deepEqual(await declines("set_options", { shuffling_context: true }), [
        400,
        { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" },
      ]);
      await command("set_shuffling_context", { value: true });
    });

    it("that declines, is deaf, or vanishes", async () => {
      kitchen.conduct.declines = { code: "8", description: "resume_restricted", reasons: ["busy"] };
      assert.deepEqual(await declines("pause"), [
        403,
        { error_code: "8", error_description: "resume_restricted", reasons: ["busy"] },
      ]);
      kitchen.conduct = { isDeaf: true };
      await command("pause");
      assert.equal(playback.state.status, "playing");
      kitchen.conduct = { vanishes: true };
      assert.equal((await declines("pause"))[0], 404);
      assert.equal((await declines("pause"))[0], 404);
      assert.equal(playback.active, undefined);
    });

    it("that is slow: each command may need a different time", async () => {
      const times = [3, 1];
      kitchen.conduct.slow = () => times.shift() ?? 0;
      const volumes: number[] = [];
      const both = new Promise<void>((resolve) => {
        playback.on("change", () => volumes.push(kitchen.volume) === 2 && resolve());
      });
      await Promise.all([done(remote.volume(kitchen.id, 0)), done(remote.volume(kitchen.id, 65_535))]);
      await both;
      assert.deepEqual(new Set(volumes), new Set([0, 100]));
    });

    it("that is slow by a clock that a test moves, and does nothing after the end", async () => {
      kitchen.conduct.slow = 60_000;
      const time = new FakeTime(simulator);
      try {
        await command("pause");
        await time.advance(59_000);
        assert.equal(playback.state.status, "playing");
        await time.advance(1_000);
        assert.equal(playback.state.status, "paused");
        await command("resume");
        await simulator.close();
        await time.advance(120_000);
        assert.equal(playback.state.status, "paused");
      } finally {
        time.restore();
      }
    });

    it("whose answers are lost, or if Spotify's server fails", async () => {
      kitchen.conduct.losesAnswers = 1;
      await assert.rejects(command("skip_next"));
      assert.equal(playback.state.item.uri, second.uri);
      kitchen.conduct.serverErrors = { times: 1, carriesOut: true };
      assert.equal((await declines("skip_next"))[0], 502);
      assert.equal(playback.state.item.uri, third.uri);
      kitchen.conduct.serverErrors = { times: 1, carriesOut: false };
      assert.equal((await declines("skip_next"))[0], 502);
      assert.equal(playback.state.item.uri, third.uri);
    });

    // Source: SpotifyWebApiPython, which repeats the transfer until an Amazon Echo is active.
    it("that needs three transfers, on any route, and does nothing before", async () => {
      study.conduct.transfersNeeded = 3;
      await done(remote.transfer(study.id));
      await play({ uri: dinner.uri }, {}, study);
      const authorization = `Bearer ${ada.accessToken({ clientId: "f".repeat(32) })}`;
      const { status } = await fetch(`${simulator.endpoints.api}/v1/me/player`, {
        method: "PUT",
        headers: { authorization },
        body: JSON.stringify({ device_ids: [study.id], play: false }),
      });
      assert.deepEqual([status, playback.active], [204, kitchen]);
      await done(remote.transfer(study.id));
      assert.deepEqual([playback.active, playback.state.context], [study, defaultPlaylist]);
    });

    it("that sleeps: it appears when the account's devices are woken, if it ever does", async () => {
      kitchen.disconnect();
      study.disconnect();
      study.conduct.wakesAfter = 1;
      const change = new Promise((resolve) => playback.once("change", resolve));
      const { status, body } = await remote.wake();
      assert.deepEqual([status, body], [200, {}]);
      await change;
      assert.deepEqual([study.isOnline, kitchen.isOnline], [true, false]);
    });
  });

  it("can be limited, refused and cut off before they are carried out", async () => {
    simulator.faults.deviceCommandRateLimited = { value: 7, times: 1 };
    const { status, headers } = await remote.command(kitchen.id, "pause");
    assert.deepEqual([status, headers.get("retry-after")], [429, "7"]);
    simulator.faults.deviceCommandStatus = { value: 503, times: 1 };
    assert.equal((await remote.wake()).status, 503);
    simulator.faults.deviceCommandDrop = 1;
    await assert.rejects(remote.command(kitchen.id, "pause"));
    assert.equal(playback.state.status, "playing");
    await command("pause");
  });

  it("are recorded", async () => {
    await command("pause");
    await remote.volume(study.id, 100);
    await remote.transfer("9".repeat(40));
    await remote.wake();
    const seen = simulator.stats.deviceCommands.map(({ kind, to, endpoint, status }) => [
      kind,
      to,
      endpoint,
      status,
    ]);
    assert.deepEqual(seen, [
      ["command", kitchen.id, "pause", 200],
      ["volume", study.id, "", 200],
      ["transfer", "9".repeat(40), "", 404],
      ["wake", "", "", 200],
    ]);
    const [pause, volume] = simulator.stats.deviceCommands;
    assert.equal(pause?.username, "ada");
    assert.deepEqual(volume?.body, { volume: 100 });
  });
});
