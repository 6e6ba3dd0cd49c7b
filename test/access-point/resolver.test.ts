import assert from "node:assert/strict";
import { MemoryStateStore, type SpotifyErrorCode } from "../../src";
import { formatAddress, parseAddresses, resolveServers } from "../../src/access-point/resolver";
import { resolveEndpoints } from "../../src/core/endpoints";
import { parseServers, ServerList } from "../../src/access-point/server-list";
import { HttpClient } from "../../src/net/client";
import type { Faults } from "../simulator";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import { deadAddress, resolverNaming, serve } from "../support/wiretap";
import { sliceOf } from "../support/slice";

const DAY = 24 * 3_600_000;

const TROUBLES: readonly [string, Partial<Faults>, SpotifyErrorCode][] = [
  ["has a problem", { resolverStatus: 503 }, "UNREACHABLE"],
  ["knows nothing of us", { resolverStatus: 404 }, "PROTOCOL_ERROR"],
  ["answers garbage", { resolverGarbage: true }, "PROTOCOL_ERROR"],
  ["names no access point", { resolverEmpty: true }, "PROTOCOL_ERROR"],
  ["is too slow", { resolverSlow: 60_000 }, "TIMEOUT"],
];

describe("the resolver", () => {
  const stage = useStage({ accessPoints: 2 });

  it("is asked for all three kinds at once, as librespot does", async () => {
    const asked: string[] = [];
    stage.current.simulator.on("resolver", ({ path }) => asked.push(path));
    await stage.current.connected();
    assert.deepEqual(asked, ["/?type=accesspoint&type=dealer&type=spclient"]);
  });

  it("is not asked if its last answer is remembered", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    await (await stage.current.connected(account, { state })).close();
    await stage.current.connected(account, { state });
    assert.equal(simulator.stats.resolverRequests, 1);
  });

  it("is asked again in the background of a connected session, once its answer is a day old", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    await (await stage.current.connected(account, { state })).close();
    time.moveCalendar(DAY);
    const session = await stage.current.connected(account, { state });
    await simulator.waitFor(() => simulator.stats.resolverRequests === 2);
    assert.equal(session.state, "ready");
  });

  it("is asked again if nothing answers at the remembered addresses", async () => {
    const { time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const dead = await deadAddress();
    let named = [dead];
    const resolver = await resolverNaming(() => named);
    stage.current.after(resolver.close);
    const endpoints = { apResolve: resolver.url };
    const first = stage.current.session(account, { state, endpoints });
    const failing = new Outcome(first.connect({ timeout: 700 }));
    await time.advance(800);
    assert.equal(failing.error?.code, "UNREACHABLE");
    await first.close();
    const asked = resolver.asked();
    named = stage.current.simulator.accessPoints;
    const second = stage.current.session(account, { state, endpoints });
    void second.connect();
    await time.advance(2_000);
    assert.equal(second.state, "ready");
    assert.equal(resolver.asked(), asked + 1);
  });

  it("is asked for its own addresses if the settings name another one: those of the first are not used", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    await (await stage.current.connected(account, { state })).close();
    const other = await resolverNaming(() => simulator.accessPoints);
    stage.current.after(other.close);
    await stage.current.connected(account, { state, endpoints: { apResolve: other.url } });
    assert.equal(other.asked(), 1);
  });

  for (const [what, faults, code] of TROUBLES) {
    it(`that ${what}: ${code}, and the session goes on until it has an answer`, async () => {
      const { simulator, time } = stage.current;
      Object.assign(simulator.faults, faults);
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect());
      await time.advance(30_000);
      assert.equal(connecting.error?.code, code);
      assert.ok(simulator.stats.resolverRequests < 15);
      assert.equal(simulator.stats.connections, 0, "no fallback to Spotify for a resolver of one's own");
      Object.assign(simulator.faults, Object.fromEntries(Object.keys(faults).map((name) => [name, false])));
      await time.advance(130_000);
      assert.equal(session.state, "ready");
    });

    it(`that ${what} does not matter to a session that remembers its addresses`, async () => {
      const { simulator, time } = stage.current;
      const account = stage.current.account();
      const state = new MemoryStateStore();
      await (await stage.current.connected(account, { state })).close();
      Object.assign(simulator.faults, faults);
      time.moveCalendar(2 * DAY);
      const session = await stage.current.connected(account, { state });
      simulator.dropAll();
      await time.advance(30_000);
      assert.equal(session.state, "ready");
    });
  }

  it("with an endless answer is not read to its end", async () => {
    let written = 0;
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n[");
      const more = (): void => {
        while (!socket.destroyed && written < 64 * 1024 * 1024) {
          written += 65_536;
          if (!socket.write(" ".repeat(65_536))) return void socket.once("drain", more);
        }
      };
      more();
    });
    stage.current.after(server.close);
    const http = new HttpClient();
    stage.current.after(() => http.close());
    await failureOf(resolveServers(http, `http://${server.address}`), "PROTOCOL_ERROR");
    assert.ok(written < 32 * 1024 * 1024, `${written} bytes were read`);
  });

  it("that is Spotify's has the fallback that librespot uses, and any other has none", async () => {
    const addressesOf = (resolver: string): Promise<readonly unknown[]> => {
      const http = new HttpClient();
      http.getJson = () => Promise.reject(new Error("no network"));
      const kept = sliceOf("accessPoints", parseServers);
      return new ServerList(http, resolveEndpoints({ apResolve: resolver }), kept).addresses(
        false,
        new AbortController().signal,
      );
    };
    assert.deepEqual(await addressesOf("https://apresolve.spotify.com"), [
      { host: "ap.spotify.com", port: 443 },
    ]);
    await assert.rejects(addressesOf("https://apresolve.spotify.com.example.org"), /no network/);
  });

  it("may return anything: text that is not an address is left out, and the number is limited", () => {
    assert.deepEqual(
      parseAddresses([
        "ap-gew1.spotify.com:4070",
        5,
        null,
        "",
        "host",
        "host:",
        "host:0",
        "host:70000",
        ":443",
        "a b:1",
      ]),
      [{ host: "ap-gew1.spotify.com", port: 4070 }],
    );
    assert.deepEqual(parseAddresses(["[::1]:80", "::1:80", "u@h:1", "h/p:1", `${"x".repeat(300)}:1`]), [
      { host: "::1", port: 80 },
    ]);
    assert.equal(parseAddresses(Array.from({ length: 1000 }, (_, i) => `h${i}:1`)).length, 24);
    for (const text of ["[::1]:80", "ap.spotify.com:443"])
      assert.equal(formatAddress(parseAddresses([text])[0]!), text);
  });
});
