import assert from "node:assert/strict";
import { once } from "node:events";
import { CLIENT_IDS } from "../../src";
import { useStage } from "../support/stage";

describe("A session that follows an account", () => {
  const stage = useStage();

  for (const username of ["søren", "#mimble!", "a b", "100%"]) {
    for (const eventUris of ["as-subscribed", "decoded"] as const) {
      it(`named ${username} notices which app takes control (the event's address: ${eventUris})`, async () => {
        const { simulator } = stage.current;
        simulator.policy.eventUris = eventUris;
        const account = stage.current.account({ username });
        const session = await stage.current.connected(account, { observe: true });
        await simulator.waitFor(() =>
          simulator.connections.some(({ subscriptions }) => subscriptions.size > 0),
        );
        const phone = simulator.officialApp(account, { clientId: CLIENT_IDS.android, name: "A phone" });
        const changed = once(session, "clientId");
        await phone.takeOver({ via: "frames" });
        await changed;
        assert.equal(session.clientId, CLIENT_IDS.android);
        await phone.vanish();
      });
    }
  }
});
