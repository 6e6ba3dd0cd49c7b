import assert from "node:assert/strict";
import { Simulator, type Account, type Playback, type SimulatedDevice } from "../index";
import type { ContextEntry, ItemEntry } from "../world/catalogue";
import { DEFAULT_CONTEXT, ITEMS } from "../world/content";

const APP = "0123456789abcdef0123456789abcdef";
const VIOLATION = {
  status: 403,
  message: "Player command failed: Restriction violated",
  reason: "UNKNOWN",
};
const [first, second, third] = ITEMS;
assert.ok(first && second && third);
const EPISODE: ItemEntry = {
  ...first,
  uri: "spotify:episode:Sim000000000000000000e",
  name: "All about ports",
  album: { ...first.album, uri: "spotify:show:Sim000000000000000000s", name: "Port Talk" },
};
const SHOW: ContextEntry = { uri: EPISODE.album.uri, name: EPISODE.album.name, items: [EPISODE] };

/** A parsed document, as `Object()` gives it. */
type Json = ReturnType<ObjectConstructor>;

describe("simulator: the Web API's player", () => {
  let simulator: Simulator;
  let account: Account;
  let playback: Playback;
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    ({ playback } = account);
    [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
  });

  afterEach(() => simulator.close());

  async function ask(method: string, path = "", body?: object): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${simulator.endpoints.api}/v1/me/player${path}`, {
      method,
      headers: { authorization: `Bearer ${account.accessToken({ clientId: APP })}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : Object(JSON.parse(text)) };
  }

  async function does(method: string, path = "", body?: object): Promise<void> {
    assert.deepEqual(await ask(method, path, body), { status: 204, body: {} });
  }

  async function refuses(method: string, path = "", body?: object): Promise<Json> {
    const answer = await ask(method, path, body);
    assert.equal(Object(answer.body.error).status, answer.status);
    return answer.body.error;
  }

  describe("returns", () => {
    it("a track with its artists, its album and its pictures, and the context", async () => {
      const { body } = await ask("GET");
      const { item, context, device } = body;
      assert.deepEqual(
        [item.type, item.uri, item.is_local, item.artists[0].uri, item.album.images[0]],
        [
          "track",
          first.uri,
          false,
          first.artists[0]?.uri,
          {
            url: `https://i.scdn.co/image/${first.album.pictures[0]?.fileId}`,
            height: 640,
            width: 640,
          },
        ],
      );
      assert.equal(item.external_urls.spotify, `https://open.spotify.com/track/${item.id}`);
      assert.deepEqual([context.type, context.uri], ["playlist", DEFAULT_CONTEXT.uri]);
      assert.deepEqual([device.supports_volume, device.is_restricted, device.type], [true, false, "Speaker"]);
      assert.deepEqual(body.actions, { disallows: { resuming: true } });
    });

    it("the time of the last change, not of the request", async () => {
      playback.pause();
      const { changedAt } = playback.state;
      assert.equal((await ask("GET")).body.timestamp, changedAt);
      assert.equal((await ask("GET")).body.timestamp, changedAt);
    });

    it("an episode only for clients that support episodes", async () => {
      playback.play({ context: SHOW });
      const { body } = await ask("GET");
      assert.deepEqual([body.item, body.currently_playing_type], [null, "episode"]);
      const { item, context } = (await ask("GET", "?additional_types=track,episode")).body;
      assert.deepEqual(
        [item.type, item.name, item.show.name, item.show.uri, context.type],
        ["episode", EPISODE.name, "Port Talk", SHOW.uri, "show"],
      );
    });

    it("only the type of an advert", async () => {
      playback.advert(30);
      const { item, currently_playing_type: type } = (await ask("GET", "?additional_types=episode")).body;
      assert.deepEqual([item, type], [null, "ad"]);
    });

    it("no context of a single track, and no ID of a local file", async () => {
      const uri = "spotify:local:Ada:Trips:Home:61";
      playback.play({ items: [{ ...first, uri }] });
      const { item, context } = (await ask("GET")).body;
      assert.deepEqual([context, item.id, item.is_local, item.uri], [null, null, true, uri]);
    });

    it("no data of a private session, or of a device that is not active", async () => {
      kitchen.setPrivate(true);
      assert.equal((await ask("GET")).status, 204);
      assert.equal((await ask("GET", "/currently-playing")).status, 204);
      playback.transfer(study);
      assert.equal((await ask("GET")).status, 200);
    });

    it("devices as they are, without hidden ones and those that have gone", async () => {
      playback.addDevice({ name: "Observer", hidden: true });
      playback.addDevice({ name: "Phone", disableVolume: true });
      playback.addDevice({ name: "Sonos", isRestricted: true });
      study.disconnect();
      const { devices } = (await ask("GET", "/devices")).body;
      assert.deepEqual(
        devices.map((one: Record<string, unknown>) => [
          one["name"],
          one["is_active"],
          one["supports_volume"],
          one["is_restricted"],
          one["id"] === null,
        ]),
        [
          ["Kitchen", true, true, false, false],
          ["Phone", false, false, false, false],
          ["Sonos", false, true, true, true],
        ],
      );
    });

    it("the queue, at most 20 items, those queued by a person first", async () => {
      const items = Array.from({ length: 90 }, (_, at) => ({ ...first, uri: `spotify:track:${at}` }));
      playback.play({ context: { ...DEFAULT_CONTEXT, items } });
      playback.queue(third);
      const { currently_playing: now, queue } = (await ask("GET", "/queue")).body;
      assert.equal(now.uri, "spotify:track:0");
      assert.equal(queue.length, 20);
      assert.deepEqual([queue[0].uri, queue[1].uri], [third.uri, "spotify:track:1"]);
      playback.stop();
      assert.deepEqual((await ask("GET", "/queue")).body, { currently_playing: null, queue: [] });
    });

    it("the played items, with their context", async () => {
      playback.next();
      const [played] = (await ask("GET", "/recently-played?limit=1")).body.items;
      assert.deepEqual([played.track.uri, played.context.uri], [first.uri, DEFAULT_CONTEXT.uri]);
      assert.match(played.played_at, /^\d{4}-.*Z$/);
    });
  });

  describe("commands", () => {
    it("play a context, tracks, or the paused item", async () => {
      await does("PUT", "/play", { context_uri: DEFAULT_CONTEXT.uri, offset: { position: 2 } });
      assert.deepEqual([playback.state.item, playback.state.context], [third, DEFAULT_CONTEXT]);
      const offset = { uri: second.uri };
      await does("PUT", "/play", { context_uri: DEFAULT_CONTEXT.uri, offset, position_ms: 9000 });
      assert.equal(playback.state.item, second);
      assert.ok(playback.state.position >= 9000);
      await does("PUT", "/play", { uris: [third.uri, first.uri], offset: { position: 1 } });
      assert.deepEqual([playback.state.item, playback.state.context], [first, undefined]);
      playback.pause();
      await does("PUT", "/play");
      assert.deepEqual([playback.state.status, playback.state.item], ["playing", first]);
    });

    it("play the next item from a position beyond the end", async () => {
      await does("PUT", "/play", { context_uri: DEFAULT_CONTEXT.uri, position_ms: first.durationMs + 1 });
      assert.equal(playback.state.item, second);
    });

    it("cannot play an item that does not exist", async () => {
      const { message } = await refuses("PUT", "/play", { uris: ["spotify:track:nothing"] });
      assert.equal(message, "Resource not found");
      await refuses("PUT", "/play", { context_uri: "spotify:playlist:nothing" });
      assert.equal(playback.state.item, first);
    });

    it("shuffle, repeat and queue", async () => {
      await does("PUT", "/shuffle?state=true");
      await does("PUT", "/repeat?state=track");
      await does("POST", `/queue?uri=${third.uri}`);
      const { shuffle, repeat, queue } = playback.state;
      assert.deepEqual([shuffle, repeat, queue[0]?.uri, queue[0]?.queued], [true, "track", third.uri, true]);
      await does("PUT", "/shuffle?state=False");
      assert.equal(playback.state.shuffle, false, "as Python writes it");
      for (const path of ["/shuffle", "/repeat?state=maybe"]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        assert.equal((await refuses("PUT", path)).status, 400);
      }
      assert.equal((await refuses("POST", "/queue?uri=spotify:track:nothing")).status, 400);
    });

    it("transfer to one device, and keep playback playing or paused, or play", async () => {
      playback.pause();
      await does("PUT", "", { device_ids: [study.id], play: false });
      assert.deepEqual([playback.state.device, playback.state.status], [study, "paused"]);
      await does("PUT", "", { device_ids: [kitchen.id], play: true });
      assert.deepEqual([playback.state.device, playback.state.status], [kitchen, "playing"]);
      playback.stop();
      await does("PUT", "", { device_ids: [study.id] });
      assert.equal(playback.state.device, study);
      assert.equal((await refuses("PUT", "", { device_ids: [study.id, kitchen.id] })).status, 400);
      assert.equal((await refuses("PUT", "", { device_ids: ["nowhere"] })).message, "Device not found");
      assert.equal((await refuses("PUT", "", {})).status, 400);
    });

    it("reach a named device, which then becomes active; only its volume can be set without that", async () => {
      await does("PUT", `/volume?volume_percent=7&device_id=${study.id}`);
      assert.deepEqual([study.volume, playback.state.device], [7, kitchen]);
      await does("POST", `/next?device_id=${study.id}`);
      assert.deepEqual([playback.state.device, playback.state.item], [study, second]);
    });

    it("are refused if they are not possible now", async () => {
      playback.pause();
      assert.deepEqual(await refuses("PUT", "/pause"), VIOLATION);
      playback.setRepeat("off");
      assert.deepEqual(await refuses("POST", "/previous"), VIOLATION);
      playback.play({ item: first });
      assert.deepEqual(await refuses("PUT", "/play"), VIOLATION);
      assert.deepEqual(await refuses("POST", "/next"), VIOLATION);
      assert.deepEqual(await refuses("PUT", "/repeat?state=context"), VIOLATION);
      assert.deepEqual(await refuses("PUT", "/shuffle?state=true"), VIOLATION);
      playback.advert(30);
      assert.deepEqual(await refuses("POST", "/next"), VIOLATION);
      assert.deepEqual(await refuses("PUT", "/seek?position_ms=1"), VIOLATION);
      assert.match(playback.state.item.uri, /^spotify:ad:/);
    });

    it("are one change, which is pushed with the ID in the answer", async () => {
      simulator.policy.webApi.success = "text";
      const changes: [string | undefined, string | undefined, string][] = [];
      playback.on("change", ({ ackId }) => {
        changes.push([ackId, playback.state.device?.name, playback.state.item.uri]);
      });
      const response = await fetch(`${simulator.endpoints.api}/v1/me/player/next?device_id=${study.id}`, {
        method: "POST",
        headers: { authorization: `Bearer ${account.accessToken({ clientId: APP })}` },
      });
      assert.deepEqual(changes, [[await response.text(), "Study", second.uri]]);
    });

    // Source: spotcast#572.
    it("do not find a device that has just come, although it is listed", async () => {
      study.disconnect();
      study.conduct.webApiKnowsAfter = 60_000;
      study.connect();
      assert.equal((await ask("GET", "/devices")).body.devices.length, 2);
      const { status, message } = await refuses("PUT", `/play?device_id=${study.id}`);
      assert.deepEqual([status, message], [404, "Device not found"]);
      study.conduct.webApiKnowsAfter = 0;
      await does("PUT", "", { device_ids: [study.id] });
    });

    // Source: home-assistant/core#129607.
    it("are not visible at once if the Web API is behind", async () => {
      simulator.policy.webApi.staleFor = 60_000;
      await does("PUT", "/pause");
      await does("PUT", "/volume?volume_percent=7");
      const { is_playing: isPlaying, device } = (await ask("GET")).body;
      assert.deepEqual([isPlaying, device.volume_percent], [true, 40]);
      assert.equal(playback.state.status, "paused");
    });

    // Sources: SpotifyWebApiPython 1.0.276, spotcast 6.5.4.
    it("are sometimes refused although the token is valid", async () => {
      simulator.faults.webApiSpurious = { value: 401, times: 1 };
      assert.deepEqual(await refuses("PUT", "/pause"), { status: 401, message: "Access token missing" });
      simulator.faults.webApiSpurious = { value: 403, times: 1 };
      const { status, reason } = await refuses("PUT", "/pause");
      assert.deepEqual([status, reason], [403, "PREMIUM_REQUIRED"]);
      await does("PUT", "/pause");
    });

    it("reach devices that behave like on the other route", async () => {
      kitchen.conduct = { isDeaf: true };
      await does("PUT", "/pause");
      kitchen.conduct = { declines: { code: "7", description: "pause_restricted", reasons: ["busy"] } };
      assert.deepEqual(await refuses("PUT", "/pause"), VIOLATION);
      kitchen.conduct = { serverErrors: { times: 1, carriesOut: false } };
      assert.equal((await refuses("PUT", "/pause")).status, 502);
      assert.equal(playback.state.status, "playing");
      kitchen.conduct = { losesAnswers: 1 };
      await assert.rejects(ask("PUT", "/pause"));
      assert.equal(playback.state.status, "paused");
      study.conduct = { vanishes: true };
      assert.equal((await refuses("PUT", `/play?device_id=${study.id}`)).status, 404);
      assert.equal(study.isOnline, false);
    });

    it("are refused by a device that does not accept them", async () => {
      playback.transfer(playback.addDevice({ name: "Phone", habit: "iphone" }));
      assert.equal((await refuses("PUT", "/volume?volume_percent=1")).reason, "VOLUME_CONTROL_DISALLOW");
      playback.transfer(playback.addDevice({ name: "Sonos", isRestricted: true }));
      assert.equal((await refuses("PUT", "/pause")).message, "Player command failed: Restricted device");
      const { message } = await refuses("PUT", `/pause?device_id=${"e".repeat(40)}`);
      assert.equal(message, "Device not found");
    });
  });
});
