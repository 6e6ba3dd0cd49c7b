import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { readCluster, type ClusterView } from "../../src/connect-state/cluster";
import { RemoteControl } from "../../src/connect-state/remote-control";
import { InternalRoute } from "../../src/playback/internal-route";
import type { Order, PlayOrder } from "../../src/playback/order";
import { RouteRefusal } from "../../src/playback/route";
import type { Scene, Target } from "../../src/playback/scene";
import { readPlayback } from "../../src/player/cluster-reading";
import { spclientServer, type Answer, type Asked, type SpclientServer } from "./support/spclient-server";

const NEVER = new AbortController().signal;
const HEX = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLAYLIST = "spotify:playlist:6unP50oluzWaX79IwHXw9w";
const TRACK = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const ANOTHER = "spotify:track:48BFOuQjiyCSqvuccKr4XG";
const KITCHEN: Target = {
  id: "kitchen",
  name: "Kitchen",
  type: "speaker",
  volume: 40,
  canSetVolume: true,
  isPrivate: false,
  aliases: [],
  isRestricted: false,
};
/** Recorded from the desktop app. Source: mcMineyC/spotcontrol, controller and cuts. */
const LOGGING_PARAMS = [
  "command_initiated_time",
  "command_received_time",
  "page_instance_ids",
  "interaction_ids",
  "device_identifier",
  "command_id",
];

describe("The internal route", () => {
  let server: SpclientServer;
  let route: InternalRoute;
  let cluster: ClusterView;
  let connectionId: string | undefined;

  beforeEach(async () => {
    server = await spclientServer();
    connectionId = "connection/id+=";
    listed({ kitchen: {} });
    route = new InternalRoute({
      remoteControl: new RemoteControl(server.spclient),
      follower: {
        get cluster() {
          return cluster;
        },
        get connectionId() {
          return connectionId;
        },
      },
      deviceId: () => "us",
      whyNot: () => undefined,
    });
  });

  afterEach(() => server.close());

  function listed(device: object): void {
    cluster = readCluster(
      {
        active_device_id: "bath",
        device,
        player_state: { options: { shuffling_context: true, repeating_context: true } },
      },
      new Set(["us", "hobs_us"]),
    );
  }

  function scene(): Scene {
    const { state } = readPlayback(cluster, {
      account: null,
      receivedAt: 0,
      at: 0,
      serverTime: 0,
    });
    return { state, targets: [KITCHEN], playbackId: undefined, serverTime: undefined, ackId: undefined };
  }

  function send(order: Order): Promise<string | undefined> {
    return route.send(order, KITCHEN, scene(), NEVER);
  }

  /** The request for an order, which must be a single one. */
  async function askedFor(order: Order): Promise<Asked> {
    assert.equal(await send(order), "the ack");
    assert.equal(server.asked.length, 1);
    return server.asked[0]!;
  }

  async function commandFor(order: Order): Promise<Record<string, unknown>> {
    const { document } = await askedFor(order);
    const { logging_params: _params, ...command } = document.command;
    return command;
  }

  async function failure(
    answer: Answer,
    order: Order = { kind: "pause" },
  ): Promise<SpotifyError | RouteRefusal> {
    server.answers.push(answer);
    try {
      await send(order);
    } catch (error) {
      assert.ok(error instanceof SpotifyError || error instanceof RouteRefusal);
      return error;
    }
    assert.fail("It was accepted");
  }

  it("sends a command like the desktop app", async () => {
    const before = Date.now();
    const { request, headers, document } = await askedFor({ kind: "pause" });
    assert.equal(request, "POST /connect-state/v1/player/command/from/us/to/kitchen");
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["x-spotify-connection-id"], "connection/id+=");
    assert.equal(headers["authorization"], "Bearer token");
    assert.equal(headers["client-token"], "token");
    assert.deepEqual(Object.keys(document), ["command", "connection_type", "intent_id"]);
    assert.equal(document["connection_type"], "wlan");
    assert.match(String(document["intent_id"]), HEX);
    const { endpoint, logging_params: params } = document.command;
    assert.equal(endpoint, "pause");
    assert.deepEqual(Object.keys(params), LOGGING_PARAMS);
    assert.ok(Number(params["command_initiated_time"]) >= before);
    assert.equal(params["device_identifier"], "us");
    assert.match(String(params["command_id"]), HEX);
  });

  it("also sends commands without a dealer connection", async () => {
    connectionId = undefined;
    const { headers } = await askedFor({ kind: "resume" });
    assert.equal(headers["x-spotify-connection-id"], undefined);
  });

  it("skips, and goes back to the start of an item like the button in the apps", async () => {
    assert.deepEqual(await commandFor({ kind: "previous" }), {
      endpoint: "skip_prev",
      options: { allow_seeking: true },
    });
    server.asked.length = 0;
    assert.deepEqual(await commandFor({ kind: "next" }), { endpoint: "skip_next" });
  });

  it("seeks with both fields that devices look for, as whole numbers", async () => {
    assert.deepEqual(await commandFor({ kind: "seek", position: 60_000.4 }), {
      endpoint: "seek_to",
      value: 60_000,
      position: 60_000,
    });
  });

  it("queues", async () => {
    assert.deepEqual(await commandFor({ kind: "queue", uri: TRACK }), {
      endpoint: "add_to_queue",
      track: { uri: TRACK, uid: "", metadata: { is_queued: "true" }, provider: "queue" },
    });
  });

  it("sets the volume", async () => {
    const { request, document } = await askedFor({ kind: "volume", percent: 20 });
    assert.equal(request, "PUT /connect-state/v1/connect/volume/from/us/to/kitchen");
    assert.deepEqual(document, { volume: 13_107 });
  });

  it("accepts an answer to a volume without an ack_id", async () => {
    server.answers.push({ status: 204, body: "" });
    assert.equal(await send({ kind: "volume", percent: 100 }), undefined);
    assert.equal(server.asked[0]?.document["volume"], 65_535);
  });

  describe("plays", () => {
    interface Play {
      context: { uri?: string; pages?: unknown };
      options: {
        skip_to: unknown;
        seek_to?: number;
        initially_paused: boolean;
        player_options_override: Record<string, unknown>;
      };
    }

    async function playFor(order: Omit<PlayOrder, "kind">): Promise<Play> {
      return (await commandFor({ kind: "play", ...order })) as unknown as Play;
    }

    it("a playlist, whose items the device looks up itself", async () => {
      const command = await commandFor({ kind: "play", context: PLAYLIST, shuffle: false, repeat: "track" });
      assert.deepEqual(command, {
        endpoint: "play",
        context: { entity_uri: PLAYLIST, uri: PLAYLIST, url: `context://${PLAYLIST}`, metadata: {} },
        play_origin: { feature_identifier: "playlist", feature_version: "1" },
        options: {
          license: "premium",
          skip_to: {},
          initially_paused: false,
          player_options_override: {
            shuffling_context: false,
            repeating_context: false,
            repeating_track: true,
            modes: { context_enhancement: "NONE" },
          },
        },
        play_options: { reason: "interactive", operation: "replace", trigger: "immediately" },
      });
    });

    it("with the present shuffle and repeat, because some devices switch off what is missing", async () => {
      const command = await playFor({ context: PLAYLIST });
      const { modes: _modes, ...override } = command.options.player_options_override;
      assert.deepEqual(override, {
        shuffling_context: true,
        repeating_context: true,
        repeating_track: false,
      });
    });

    it("from an item and a position, paused", async () => {
      const command = await playFor({
        context: PLAYLIST,
        offset: TRACK,
        position: 1_500.5,
        paused: true,
      });
      assert.deepEqual(command.options.skip_to, { track_uri: TRACK });
      assert.equal(command.options.seek_to, 1_501);
      assert.equal(command.options.initially_paused, true);
    });

    it("from the item with a number", async () => {
      const command = await playFor({ context: PLAYLIST, offset: 3 });
      assert.deepEqual(command.options.skip_to, { track_index: 3 });
    });

    it("one track as its own context", async () => {
      const command = await playFor({ uris: [TRACK] });
      assert.equal(command.context.uri, TRACK);
      assert.equal(command.context.pages, undefined);
    });

    it("several tracks as the only page, without a context", async () => {
      const command = await playFor({ uris: [TRACK, ANOTHER] });
      assert.equal("uri" in command.context, false);
      assert.deepEqual(command.context.pages, [{ tracks: [{ uri: TRACK }, { uri: ANOTHER }] }]);
    });

    it("several tracks once more with the first as their context, if the device refuses them without one", async () => {
      server.answers.push({ status: 400, body: { error_type: "UPSTREAM_ERROR" } });
      assert.equal(await send({ kind: "play", uris: [TRACK, ANOTHER] }), "the ack");
      const [first, again] = server.asked.map(({ document }) => document.command as Record<string, unknown>);
      assert.equal(server.asked.length, 2);
      const { context, logging_params: _first, ...others } = first!;
      const { context: contextAgain, logging_params: _again, ...othersAgain } = again!;
      assert.deepEqual(othersAgain, others);
      assert.deepEqual(contextAgain, { ...(context as object), uri: TRACK, url: `context://${TRACK}` });
    });

    it("anything only once, if it has a context or the device declines it", async () => {
      const refused = { status: 400, body: { error_type: "UPSTREAM_ERROR" } };
      await failure(refused, { kind: "play", context: PLAYLIST });
      await failure(refused, { kind: "play", uris: [TRACK] });
      await failure({ status: 403, body: { reasons: ["no"] } }, { kind: "play", uris: [TRACK, ANOTHER] });
      assert.equal(server.asked.length, 3);
    });
  });

  describe("sets shuffle and repeat", () => {
    const BOTH: Order = { kind: "options", shuffle: true, repeat: "context" };
    const fields = (): unknown[] =>
      server.asked.map(({ document: { command } }) => {
        const { logging_params: _params, ...others } = command;
        return others;
      });
    const SINGLE = [
      { endpoint: "set_shuffling_context", value: true },
      { endpoint: "set_repeating_track", value: false },
      { endpoint: "set_repeating_context", value: true },
    ];

    it("in one request", async () => {
      assert.deepEqual(await commandFor(BOTH), {
        endpoint: "set_options",
        shuffling_context: true,
        repeating_context: true,
        repeating_track: false,
      });
    });

    it("only those that are wanted", async () => {
      assert.deepEqual(await commandFor({ kind: "options", repeat: "off" }), {
        endpoint: "set_options",
        repeating_context: false,
        repeating_track: false,
      });
    });

    it("one after another on a device that does not know the combined command", async () => {
      server.answers.push({ status: 400, body: { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" } });
      await send(BOTH);
      assert.deepEqual(fields().slice(1), SINGLE);
    });

    it("one after another at once, if the cluster says so", async () => {
      listed({ kitchen: { capabilities: { supports_set_options_command: false } } });
      await send(BOTH);
      assert.deepEqual(fields(), SINGLE);
    });
  });

  describe("transfers", () => {
    it("like the desktop app", async () => {
      const { request, document } = await askedFor({ kind: "transfer", playback: "resume" });
      assert.equal(request, "POST /connect-state/v1/connect/transfer/from/us/to/kitchen");
      const { transfer_intent_id: intent, command_id: command, interaction_id: interaction } = document;
      assert.deepEqual(document, {
        options: {
          restore_paused: "resume",
          restore_position: "extrapolate",
          restore_track: "only_current",
          license: "premium",
        },
        transfer_intent_id: intent,
        command_id: command,
        interaction_id: interaction,
      });
      assert.match(String(intent), HEX);
      assert.match(String(command), HEX);
      assert.match(String(interaction), UUID);
    });

    it("once more from the active device and without options, if Spotify refuses", async () => {
      server.answers.push({ status: 400, body: "Bad Request" });
      assert.equal(await send({ kind: "transfer", playback: "restore" }), "the ack");
      const [, again] = server.asked;
      assert.equal(again?.request, "POST /connect-state/v1/connect/transfer/from/bath/to/kitchen");
      assert.equal(again?.text, "");
      assert.equal(server.asked.length, 2);
    });

    const ONCE: Record<string, Answer> = {
      "the device declines": { status: 403, body: { error_code: "4", reasons: ["no"] } },
      "the device is gone": { status: 404, body: { error_type: "DEVICE_NOT_FOUND" } },
      "the server fails": { status: 502 },
      "the answer is lost": { drop: true },
    };
    for (const [what, answer] of Object.entries(ONCE)) {
      it(`only once if ${what}`, async () => {
        await failure(answer, { kind: "transfer", playback: "restore" });
        assert.equal(server.asked.length, 1);
      });
    }

    it("over another route if Spotify refuses both", async () => {
      server.answers.push({ status: 400, body: "" });
      const error = await failure({ status: 400, body: "" }, { kind: "transfer", playback: "restore" });
      assert.ok(error instanceof RouteRefusal);
    });
  });

  describe("accepts a command if the answer has no ack_id:", () => {
    for (const body of ["", "OK", "null", "[]", '"text"', "7", "{}", '{"ack_id":7}', '{"ack_id":""}']) {
      it(body || "empty", async () => {
        server.answers.push({ body });
        assert.equal(await send({ kind: "pause" }), undefined);
      });
    }
  });

  describe("says", () => {
    it("that the device is gone", async () => {
      const body = { error_type: "DEVICE_NOT_FOUND", message: "Device not found, from edgeproxy" };
      const error = await failure({ status: 404, body });
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "DEVICE_NOT_FOUND");
      assert.equal(error.message, "Spotify has lost the connection to Kitchen.");
    });

    it("that the device does not know a command", async () => {
      const body = { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" };
      const error = await failure({ status: 400, body }, { kind: "volume", percent: 20 });
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "RESTRICTED");
      assert.equal(error.reason, "DEVICE_DOES_NOT_SUPPORT_COMMAND");
    });

    it("why the device declines", async () => {
      const body = {
        error_code: "9",
        error_description: "skip_to_prev_restricted",
        reasons: ["no_prev_track"],
      };
      const error = await failure({ status: 403, body }, { kind: "previous" });
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "RESTRICTED");
      assert.equal(error.reason, "no_prev_track");
      assert.match(error.message, /there is nothing before this item/);
    });

    const LESS: [object, string][] = [
      [{ error_code: "7", error_description: "pause_restricted", reasons: [] }, "pause_restricted"],
      [{ error_code: "34" }, "error 34"],
    ];
    for (const [body, reason] of LESS) {
      it(`why the device declines, as far as it is known: ${reason}`, async () => {
        const error = await failure({ status: 403, body });
        assert.ok(error instanceof SpotifyError);
        assert.equal(error.reason, reason);
      });
    }

    it("no more than a few cleaned words from outside", async () => {
      const body = { error_code: "9", reasons: [`\u202e\n${"evil ".repeat(2_000)}`] };
      const error = await failure({ status: 403, body });
      assert.ok(error.message.length < 200);
      assert.doesNotMatch(error.message, /[\n\u202e]/);
    });

    it("how long Spotify wants no request", async () => {
      const error = await failure({ status: 429, headers: { "retry-after": "7" } });
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "RATE_LIMITED");
      assert.equal(error.retryAfter, 7);
    });

    for (const answer of [{ status: 502 }, { drop: true }]) {
      it(`that it is not known whether the command was carried out: ${JSON.stringify(answer)}`, async () => {
        const error = await failure(answer, { kind: "next" });
        assert.ok(error instanceof SpotifyError);
        assert.equal(error.code, "UNREACHABLE");
        assert.equal(server.asked.length, 1);
      });
    }
  });

  describe("leaves a command to another route if Spotify refuses it:", () => {
    const REFUSALS: Record<string, Answer> = {
      "403 without the words of a player": { status: 403, body: { message: "Forbidden" } },
      "403 with an empty list": { status: 403, body: { reasons: [] } },
      "404 of another kind": { status: 404, body: "Not Found" },
      "400 of another kind": { status: 400, body: { error_type: "INVALID_REQUEST" } },
      "a redirect": { status: 302, headers: { location: "/elsewhere" }, body: "" },
    };
    for (const [what, answer] of Object.entries(REFUSALS)) {
      it(what, async () => {
        const error = await failure(answer);
        assert.ok(error instanceof RouteRefusal);
        assert.equal(error.error.code, "REQUEST_REFUSED");
        assert.match(error.message, new RegExp(`HTTP ${answer.status}`));
      });
    }

    it("401 for a new token", async () => {
      server.answers.push({ status: 401 });
      const error = await failure({ status: 401, body: { error_type: "DEVICE_NOT_FOUND" } });
      assert.ok(error instanceof RouteRefusal);
      assert.equal(server.asked.length, 2);
    });
  });
});
