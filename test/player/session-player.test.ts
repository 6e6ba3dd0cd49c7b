import assert from "node:assert/strict";
import { once } from "node:events";
import { CLIENT_IDS, type PlaybackChange, type PlayerChange, type Session } from "../../src";
import type { Account, OfficialApp } from "../simulator";
import { useStage } from "../support/stage";

describe("A session's player", () => {
  // Before the stage is cleared.
  afterEach(() => phone.vanish());
  const stage = useStage();
  let account: Account;
  let session: Session;
  let phone: OfficialApp;

  beforeEach(async () => {
    account = stage.current.account();
    phone = stage.current.simulator.officialApp(account, {
      clientId: CLIENT_IDS.android,
      name: "Anna's phone",
    });
    session = await stage.current.connected(account, { observe: true });
  });

  async function changeOf(what: PlaybackChange): Promise<PlayerChange> {
    for (;;) {
      const [change] = (await once(session.player, "change")) as [PlayerChange];
      if (change.changed.includes(what)) return change;
    }
  }

  it("reads from Spotify what plays, and waits for the connection", async () => {
    const { player } = session;
    const before = player.state;
    assert.equal(before, undefined);
    const state = await player.refresh();
    assert.equal(state.account, account.username);
    assert.equal(state.source, "push");
    assert.equal(player.state?.status, state.status);
  });

  it("tells at once what a phone does", async () => {
    await session.player.refresh();
    const change = changeOf("device");
    await phone.takeOver({ via: "cluster" });
    const { state } = await change;
    assert.equal(state.device?.name, "Anna's phone");
  });
});
