/** What happens to commands if devices and servers misbehave, over both routes, by what the account then plays. */
import assert from "node:assert/strict";
import type { PlaybackState, Session, SpotifyErrorCode, Step } from "../../src";
import { Simulator, type Account, type SimulatedDevice } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { Stage } from "../support/stage";

const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];
const LIST = CATALOGUE.defaultPlaylist;
const [FIRST, SECOND, THIRD] = LIST.items.map(({ uri }) => uri) as [string, string, string];
const PATIENT = { timeout: 700 };

for (const route of ["internal", "web-api"] as const) {
  describe(`Over the route ${route}`, () => {
    let stage: Stage;
    let session: Session;
    let account: Account;
    let playback: Account["playback"];
    let near: SimulatedDevice;
    let far: SimulatedDevice;

    beforeEach(async () => {
      stage = new Stage(await Simulator.start());
      account = stage.account();
      playback = account.playback;
      near = playback.addDevice({ name: "Near", volume: 40 });
      far = playback.addDevice({ name: "Far", volume: 40 });
      playback.play({ context: LIST, item: 0, device: near });
      playedBefore = playback.played.length;
      session = stage.session(route === "internal" ? account : undefined, { observe: true });
      if (route === "web-api") await signInWithApp(stage.simulator, session, account, SCOPES);
      await session.connect();
      await session.player.refresh();
    });

    afterEach(() => stage.close());

    let playedBefore: number;
    /** How often the model has skipped. */
    const skips = (): number => playback.played.length - playedBefore;

    async function fails(promise: Promise<PlaybackState>, code: SpotifyErrorCode): Promise<Error> {
      const error = await failureOf(promise);
      assert.equal(error.code, code, error.message);
      return error;
    }

    it("says in plain words what a device declines, with Spotify's own reason if there is one", async () => {
      near.conduct.declines = { code: "10", description: "skip_next_restricted", reasons: ["no_next_track"] };
      const error = await failureOf(session.player.next());
      assert.equal(error.code, "RESTRICTED");
      assert.equal(error.reason, route === "internal" ? "no_next_track" : "Restriction violated");
      assert.equal(playback.state.item?.uri, FIRST);
    });

    it("waits for a slow device", async () => {
      near.conduct.slow = 300;
      const { uri } = await session.player.next();
      assert.deepEqual([uri, playback.state.item?.uri], [SECOND, SECOND]);
    });

    it("says that no effect was seen, and what was seen", async () => {
      near.conduct.isDeaf = true;
      const error = await fails(session.player.pause(PATIENT), "NOT_CONFIRMED");
      assert.match(
        error.message,
        /Near was not seen to carry it out within 0\.\d s\. Near plays “Loopback Lullaby”\./,
      );
    });

    it("sends the message on at the server's answer if it need not be confirmed", async () => {
      near.conduct.isDeaf = true;
      await session.player.pause({ confirm: false });
      assert.equal(playback.state.status, "playing");
    });

    it("finds out whether a command was carried out if the answer was lost", async () => {
      near.conduct.losesAnswers = 1;
      const { uri } = await session.player.next();
      assert.deepEqual([uri, playback.state.item?.uri, skips()], [SECOND, SECOND, 1]);
    });

    it("never skips twice, whether or not the server carried the command out", async () => {
      near.conduct.serverErrors = { times: 1, carriesOut: true };
      assert.equal((await session.player.next()).uri, SECOND);
      near.conduct.serverErrors = { times: 1, carriesOut: false };
      await fails(session.player.next(PATIENT), "UNREACHABLE");
      assert.deepEqual([playback.state.item?.uri, skips()], [SECOND, 1]);
    });

    it("sends repeatable commands again after a server error", async () => {
      near.conduct.serverErrors = { times: 1, carriesOut: false };
      assert.equal((await session.player.pause()).status, "paused");
      assert.equal(playback.state.status, "paused");
    });

    it("asks an Echo three times until it takes over", async () => {
      const echo = playback.addDevice({
        name: "Echo",
        id: "51d00000-0000-0000-0000-000000000001_amzn_1",
        conduct: { transfersNeeded: 3 },
      });
      await session.player.transfer("echo");
      assert.equal(playback.active, echo);
    });

    it("sets what a device does not take from the command to play", async () => {
      near.conduct.ignores = ["shuffle", "position"];
      const state = await session.player.play({
        context: LIST.uri,
        offset: 1,
        position: 30_000,
        repeat: "track",
        shuffle: true,
      });
      assert.deepEqual([state.shuffle, state.repeat, state.uri], [true, "track", SECOND]);
      assert.deepEqual([playback.state.shuffle, playback.state.repeat], [true, "track"]);
      assert.ok(Math.abs(playback.state.position - 30_000) < 3_000);
    });

    it("names the available devices, if one is missing", async () => {
      const error = await fails(
        session.player.play({ uri: THIRD, device: "Bathroom" }, { wake: false }),
        "DEVICE_NOT_FOUND",
      );
      assert.match(error.message, /“Bathroom”.*Near, Far/);
      assert.equal(playback.state.item?.uri, FIRST);
    });

    it("requires a device name if none is active", async () => {
      playback.stop();
      await session.player.refresh();
      await fails(session.player.next(), "NO_ACTIVE_DEVICE");
      const state = await session.player.play({ uri: THIRD, device: far.name });
      assert.deepEqual([state.device?.name, playback.active], ["Far", far]);
    });

    it("sends no request if the effect already exists", async () => {
      playback.pause();
      await session.player.refresh();
      while (session.player.state?.playing !== false) await session.player.refresh();
      const { stats } = stage.simulator;
      const sent = (): number =>
        stats.deviceCommands.length + stats.webApiRequests.filter(({ method }) => method !== "GET").length;
      await session.player.pause();
      await session.player.setVolume(40);
      await session.player.transfer("near");
      assert.equal(sent(), 0);
    });

    it("ends with the session", async () => {
      near.conduct.isDeaf = true;
      const first = failureOf(session.player.pause());
      const second = failureOf(session.player.next());
      await session.close();
      assert.deepEqual([(await first).code, (await second).code], ["CLOSED", "CLOSED"]);
    });

    it("ends with the sign-in", async () => {
      near.conduct.isDeaf = true;
      const commands = [failureOf(session.player.pause()), failureOf(session.player.next())];
      const { stats } = stage.simulator;
      await stage.simulator.waitFor(
        () =>
          stats.deviceCommands.length + stats.webApiRequests.filter(({ method }) => method === "PUT").length >
          0,
      );
      await session.signIns.signOutOfAll();
      for (const { code } of await Promise.all(commands)) assert.match(code, /^(CLOSED|NOT_SIGNED_IN)$/);
    });

    it("carries commands out in the order of the calls, and sets only the newest of the waiting volumes", async () => {
      near.conduct.slow = 30;
      const results = [
        session.player.next(),
        ...[10, 20, 30, 25].map((percent) => session.player.setVolume(percent)),
        session.player.next(),
        session.player.pause(),
      ];
      const states = await Promise.all(results);
      assert.deepEqual(
        [states[0]!.uri, states.at(-2)!.uri, states.at(-1)!.status],
        [SECOND, THIRD, "paused"],
      );
      assert.deepEqual(
        states.slice(1, 5).map(({ volume }) => volume),
        [25, 25, 25, 25],
      );
      assert.deepEqual([near.volume, playback.state.item?.uri], [25, THIRD]);
    });

    if (route === "internal") {
      it("wakes an app that is asleep, if it was named", async () => {
        const phone = playback.addDevice({ name: "Phone", isOnline: false, conduct: { wakesAfter: 50 } });
        const other = playback.addDevice({ name: "Other", isOnline: false });
        const steps: Step["name"][] = [];
        const state = await session.player.play(
          { uri: THIRD, device: "Phone" },
          { onStep: ({ name }) => steps.push(name) },
        );
        assert.deepEqual([playback.active, state.device?.name, other.isOnline], [phone, "Phone", false]);
        assert.ok(steps.includes("waking"), steps.join());
      });

      it("finds a device that has just left and comes back", async () => {
        far.conduct.vanishes = true;
        far.conduct.wakesAfter = 100;
        await session.player.play({ uri: THIRD, device: "Far" });
        assert.equal(playback.active, far);
      });

      it("uses the Web API if Spotify's own services refuse before they accept", async () => {
        await signInWithApp(stage.simulator, session, account, SCOPES);
        stage.simulator.faults.deviceCommandStatus = 403;
        const state = await session.player.pause();
        assert.deepEqual([state.status, playback.state.status], ["paused", "paused"]);
      });
    } else {
      it("waits for a device that the Web API does not know yet, and sends the command once more", async () => {
        far.conduct.vanishes = true;
        const played = session.player.play({ uri: THIRD, device: "Far" });
        await stage.simulator.waitFor(() => !far.isOnline);
        far.connect();
        await played;
        assert.equal(playback.active, far);
      });
    }
  });
}
