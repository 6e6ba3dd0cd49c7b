import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Faults } from "../simulator";
import { PUBLIC_IP } from "../simulator/connect-state/simulated-device-info";
import { useStage } from "../support/stage";

const FAULTS: readonly Partial<Faults>[] = [
  {},
  { extendedMetadataStatus: 500, metadata4Status: 500 },
  { extendedMetadataBody: "garbage", metadata4Status: 401, oembedStatus: 500 },
  { connectStateStatus: { value: 401, times: 1 } },
  { dealerStatus: { value: 503, times: 1 } },
];

describe("The output of a player", () => {
  const stage = useStage();

  for (const faults of FAULTS) {
    it(`has no token and no public address: ${JSON.stringify(faults)}`, async () => {
      const { simulator } = stage.current;
      const account = stage.current.account();
      const device = account.playback.addDevice({ name: "Attic", habit: "librespot" });
      Object.assign(simulator.faults, faults);
      let said = "";
      const note = (...things: unknown[]): void => {
        const options = { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null };
        said += inspect(things, options) + JSON.stringify(things);
      };
      const session = stage.current.session(account, { observe: true, log: note });
      session.player.on("change", note);
      session.player.on("trouble", note);
      await session.connect();
      await session.player.refresh().then(note, note);
      account.playback.play({ item: 2, device });
      await session.player.refresh().then(note, note);
      note(session.player.state, session.player.problem);

      const secrets = [...simulator.secrets, account.accessToken(), PUBLIC_IP];
      assert.ok(simulator.secrets.length > 0);
      for (const secret of secrets) assert.equal(said.includes(secret), false, "a secret was said");
      assert.notEqual(said, "");
    });
  }
});
