import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { METADATA_SERVER, SPOTIFY_ENDPOINTS, type Endpoints } from "../../../src/core/endpoints";
import { SpotifyError } from "../../../src/core/errors";
import { HttpClient } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { NameLookup } from "../../../src/player/name-lookup";
import type { SpclientRequest } from "../../../src/spclient/spclient";
import { URIS, extendedMetadataAnswer, track } from "./entities";
import { ScriptedServices, usual, type Answer, type Service } from "./scripted-services";

const NEVER = new AbortController().signal;
const SERVICES: readonly Service[] = ["extended-metadata", "metadata/4", "playlist", "oembed"];
const PLAYLIST = "spotify:playlist:37i9dQZF1EYkqdzj48dyYq";
/** Tracks that no service has. */
const MISSING = ["spotify:track:1", "spotify:track:2"].map((uri) => uri.padEnd(36, "0"));
const LIMITED: Answer = { status: 429, headers: { "retry-after": "600" } };

describe("A service of names that fails", () => {
  let services: ScriptedServices;
  let clock: Clock;

  beforeEach(async () => {
    services = await ScriptedServices.start();
    clock = FakeTimers.install({ now: Date.now(), toFake: ["performance", "Date"] });
  });
  afterEach(async () => {
    clock.uninstall();
    await services.close();
  });

  function lookUp(...uris: string[]): Promise<void> {
    return services.lookup.lookUp(uris, NEVER);
  }

  it("is not asked for 2.5 to 5 seconds, and then asked again", async () => {
    services.answers["extended-metadata"] = () => ({ status: 500 });
    await lookUp(URIS.album);
    clock.tick(2_499);
    assert.equal(services.lookup.wants(URIS.album), false);
    assert.equal(services.lookup.wants(URIS.show), false);
    await lookUp(URIS.album, URIS.show);
    assert.equal(services.asked.length, 1);
    clock.tick(2_501);
    assert.equal(services.lookup.wants(URIS.album), true);
    services.answers["extended-metadata"] = usual;
    await lookUp(URIS.album);
    assert.equal(services.lookup.known(URIS.album)?.title, "Loopback");
  });

  it("is asked less and less often, but at least every 5 minutes", async () => {
    for (const service of SERVICES) services.answers[service] = () => ({ status: 500 });
    for (let second = 0; second < 12 * 3_600; second++) {
      clock.tick(1_000);
      if (services.lookup.wants(URIS.track)) await lookUp(URIS.track);
    }
    const times = 12 * (60 / 5);
    for (const [service, count] of Object.entries(services.counts)) {
      assert.ok(count >= times && count <= 2 * times + 10, `${service}: ${count} in 12 hours`);
    }
    assert.equal(Object.keys(services.counts).length, 3);
  });

  it("is asked again soon after a failure that followed a success", async () => {
    const answers = ["no", "no", "no", "no", "yes", "no"];
    services.answers["extended-metadata"] = (asked) =>
      answers.shift() === "yes" ? usual(asked) : { status: 500 };
    for (let i = 0; i < 4; i++) {
      await lookUp(URIS.album);
      clock.tick(300_000);
    }
    await lookUp(URIS.album);
    await lookUp(URIS.show);
    assert.equal(services.asked.length, 6);
    clock.tick(5_000);
    assert.equal(services.lookup.wants(URIS.show), true);
  });

  for (const [what, answers, isMissed] of [
    ["extended-metadata does not have it", { "extended-metadata": usual }, true],
    ["metadata/4 does not have it", { "metadata/4": usual }, true],
    ["oEmbed does not have it", { oembed: usual }, true],
    ["every service fails", {}, false],
  ] as const) {
    it(`is ${isMissed ? "not " : ""}soon asked again for what plays, if ${what}`, async () => {
      for (const service of SERVICES) services.answers[service] = () => ({ status: 500 });
      Object.assign(services.answers, answers);
      const [uri] = MISSING;
      await lookUp(uri!);
      clock.tick(5_000);
      assert.equal(services.lookup.wants(uri!), !isMissed);
    });
  }

  it("is soon asked again for a playlist", async () => {
    services.answers.playlist = () => ({ status: 500 });
    await lookUp(PLAYLIST);
    assert.equal(services.lookup.wants(PLAYLIST), false);
    clock.tick(5_000);
    assert.equal(services.lookup.wants(PLAYLIST), true);
  });

  for (const [what, answers, isLeft] of [
    ["metadata/4", { "metadata/4": usual }, true],
    ["oEmbed", { oembed: usual }, true],
    ["no service", {}, false],
  ] as const) {
    it(`leaves ${what} to be asked for another song`, async () => {
      for (const service of SERVICES) services.answers[service] = () => ({ status: 500 });
      Object.assign(services.answers, answers);
      await lookUp(MISSING[0]!);
      assert.equal(services.lookup.wants(MISSING[1]!), isLeft);
      assert.equal(services.lookup.wants(URIS.album), false);
    });
  }

  it("leaves the others as they are", async () => {
    services.answers["extended-metadata"] = () => ({ status: 500 });
    services.answers.playlist = () => ({ body: '{"attributes":{"name":"Dinner"}}' });
    await lookUp(URIS.album);
    await lookUp(PLAYLIST);
    assert.equal(services.lookup.known(PLAYLIST)?.title, "Dinner");
  });

  it("is asked again for the current item after 10 minutes, if only oEmbed knew it", async () => {
    services.answers["extended-metadata"] = () => ({ status: 500 });
    services.answers.oembed = () => ({ body: '{"title":"Round Trip"}' });
    await lookUp(URIS.track);
    assert.deepEqual(services.lookup.known(URIS.track)?.artists, []);
    assert.equal(services.lookup.wants(URIS.track), false);
    clock.tick(600_000);
    services.answers["extended-metadata"] = usual;
    await lookUp(URIS.track);
    assert.equal(services.lookup.known(URIS.track)?.artists.length, 1);
  });

  it("is asked again after 10 minutes for a name that it did not have", async () => {
    services.answers["extended-metadata"] = ({ uris, ...asked }) =>
      usual({ ...asked, uris: services.asked.length === 1 ? uris.map(() => PLAYLIST) : uris });
    await lookUp(URIS.album);
    clock.tick(599_999);
    assert.equal(services.lookup.wants(URIS.album), false);
    clock.tick(1);
    await lookUp(URIS.album);
    assert.equal(services.lookup.known(URIS.album)?.title, "Loopback");
  });

  it("is not asked before its Retry-After of a 429 is over, and nothing is thrown", async () => {
    for (const service of SERVICES) services.answers[service] = () => LIMITED;
    await lookUp(URIS.track, PLAYLIST);
    // The spclient's limit applies to all requests there.
    assert.deepEqual(services.counts, { "extended-metadata": 1, oembed: 1 });
    for (let minute = 0; minute < 9; minute++) {
      clock.tick(60_000);
      for (const uri of [URIS.track, URIS.album, PLAYLIST]) {
        assert.equal(services.lookup.wants(uri), false, `${uri} after ${minute + 1} minutes`);
        await lookUp(uri);
      }
    }
    assert.equal(services.asked.length, 2);
    clock.tick(60_000);
    for (const service of SERVICES) delete services.answers[service];
    for (const uri of [URIS.track, URIS.album, PLAYLIST]) assert.equal(services.lookup.wants(uri), true);
    await lookUp(URIS.track);
    assert.equal(services.lookup.known(URIS.track)?.title, "Round Trip");
  });

  it("does not keep a lookup alive after the HTTP client is closed", async () => {
    services.answers["extended-metadata"] = () => new Promise(() => undefined);
    const looking = lookUp(URIS.track, PLAYLIST);
    while (services.asked.length === 0) await new Promise(setImmediate);
    await services.http.close();
    await looking;
    assert.deepEqual(services.counts, { "extended-metadata": 1 });
  });
});

describe("The time for which a name is kept", () => {
  let services: ScriptedServices;
  let clock: Clock;

  beforeEach(async () => {
    services = await ScriptedServices.start();
    clock = FakeTimers.install({ toFake: ["performance"] });
  });
  afterEach(async () => {
    clock.uninstall();
    await services.close();
  });

  async function assertKept(seconds: number): Promise<void> {
    await services.lookup.lookUp([URIS.track], NEVER);
    clock.tick(seconds * 1_000 - 1);
    assert.equal(services.lookup.wants(URIS.track), false);
    clock.tick(1);
    assert.equal(services.lookup.wants(URIS.track), true);
  }

  it("comes from extended-metadata", async () => {
    const entity = { uri: URIS.track, kind: 10, value: track("Round Trip"), ttl: 74_514 };
    services.answers["extended-metadata"] = () => ({ body: extendedMetadataAnswer([entity]) });
    await assertKept(74_514);
  });

  it("comes from metadata/4", async () => {
    services.answers["extended-metadata"] = () => ({ status: 500 });
    services.answers["metadata/4"] = () => ({ headers: { "mc-ttl": "7200" }, body: '{"name":"Round Trip"}' });
    await assertKept(7_200);
  });
});

describe("The hosts that are asked for names", () => {
  /** Every service fails. A host that is not asked is not among the results. */
  async function hostsAsked(endpoints: Partial<Endpoints>): Promise<(string | undefined)[]> {
    const hosts: (string | undefined)[] = [];
    const failure = new SpotifyError("UNREACHABLE", "It cannot be reached.");
    const http = new HttpClient();
    http.request = (url) => {
      hosts.push(new URL(url).origin);
      return Promise.reject(failure);
    };
    const spclient = {
      request: ({ server }: SpclientRequest) => {
        hosts.push(server);
        return Promise.reject(failure);
      },
    };
    const guard = new RateLimitGuard(() => undefined);
    const lookup = new NameLookup({
      http,
      spclient,
      guard,
      endpoints: { ...SPOTIFY_ENDPOINTS, ...endpoints },
    });
    await lookup.lookUp([URIS.track], NEVER);
    await http.close();
    return hosts;
  }

  it("are the session's spclient, the one that answers metadata/4, and open.spotify.com", async () => {
    assert.deepEqual(await hostsAsked({}), [undefined, METADATA_SERVER, "https://open.spotify.com"]);
  });

  it("are the hosts that the administrator configured", async () => {
    const endpoints = { spclient: "http://127.0.0.1:1", open: "http://127.0.0.1:2" };
    assert.deepEqual(await hostsAsked(endpoints), [undefined, undefined, "http://127.0.0.1:2"]);
  });

  it("do not belong to Spotify if the resolver is another one", async () => {
    const apResolve = "http://127.0.0.1:3";
    assert.deepEqual(await hostsAsked({ apResolve }), [undefined, undefined]);
    assert.deepEqual(await hostsAsked({ apResolve, open: "http://127.0.0.1:2" }), [
      undefined,
      undefined,
      "http://127.0.0.1:2",
    ]);
  });
});
