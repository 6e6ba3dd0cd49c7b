/** The requests of an order to Spotify's own services if something is not known, without a server. */
import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { readCluster, type ClusterView } from "../../src/connect-state/cluster";
import type { HttpResponse } from "../../src/net/client";
import { InternalRoute } from "../../src/playback/internal-route";
import { RouteRefusal } from "../../src/playback/route";
import { KITCHEN, pushed } from "./support/scenes";

const NEVER = new AbortController().signal;

describe("An order to Spotify's own services", () => {
  let sent: string[];
  let status: number;
  let cluster: ClusterView | undefined;
  let obstacle: SpotifyError | undefined;
  let route: InternalRoute;

  beforeEach(() => {
    sent = [];
    status = 200;
    cluster = undefined;
    obstacle = undefined;
    const answer = async (what: string): Promise<HttpResponse> => {
      sent.push(what);
      return { status, headers: {}, body: Buffer.from("{}") };
    };
    route = new InternalRoute({
      remoteControl: {
        player: ({ endpoint }) => answer(endpoint),
        transfer: (playback) => answer(`transfer ${playback}`),
        setVolume: (percent) => answer(`volume ${percent}`),
      },
      follower: {
        get cluster() {
          return cluster;
        },
        connectionId: "connection",
      },
      deviceId: () => "us",
      whyNot: () => obstacle,
    });
  });

  it("cannot be sent for the reason that the session has", () => {
    assert.equal(route.whyNot(), undefined);
    obstacle = new SpotifyError("NOT_SIGNED_IN", "Not signed in.");
    assert.equal(route.whyNot(), obstacle);
  });

  it("to move what plays is sent once if it is refused while no device is active", async () => {
    status = 403;
    const sending = route.send(
      { kind: "transfer", playback: "resume" },
      KITCHEN,
      pushed({ device: null }),
      NEVER,
    );
    await assert.rejects(sending, RouteRefusal);
    assert.deepEqual(sent, ["transfer resume"]);
  });

  for (const [what, known] of [
    ["no device is known", undefined],
    ["the device is not known", readCluster({ device: { study: {} } }, new Set())],
  ] as const) {
    it(`for shuffle and repeat is one request if ${what}`, async () => {
      cluster = known;
      await route.send({ kind: "options", shuffle: true, repeat: "off" }, KITCHEN, pushed(), NEVER);
      assert.deepEqual(sent, ["set_options"]);
    });
  }
});
