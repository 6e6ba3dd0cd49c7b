/** Names are looked up in a simulated Spotify that was written independently: each of the two checks the other. */
import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { resolveEndpoints } from "../../src/core/endpoints";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { NameLookup } from "../../src/player/name-lookup";
import { Spclient } from "../../src/spclient/spclient";
import { Simulator } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";

const NEVER = new AbortController().signal;

describe("Names at the simulated Spotify", () => {
  let simulator: Simulator;
  let http: HttpClient;
  let names: NameLookup;

  beforeEach(async () => {
    simulator = await Simulator.start();
    http = new HttpClient();
    const guard = new RateLimitGuard(() => undefined);
    const clientId = CLIENT_IDS.keymaster;
    const { username } = simulator.addAccount();
    const holding = (token: string) => ({ get: () => Promise.resolve(token), refused: () => {} });
    const { open, spclient: server } = simulator.endpoints;
    const spclient = new Spclient({
      http,
      guard,
      clientId,
      servers: { server: () => Promise.resolve(server) },
      token: holding(simulator.accounts.mintLogin5(username, clientId).accessToken),
      clientToken: holding(simulator.clientTokens.grant(clientId, "d".repeat(40), 3600).token),
    });
    names = new NameLookup({
      spclient,
      http,
      guard,
      endpoints: resolveEndpoints({ open, spclient: server }),
    });
  });

  afterEach(async () => {
    await http.close();
    await simulator.close();
  });

  const told = (): string[] => simulator.stats.metadataRequests.map(({ service }) => service);
  const track = CATALOGUE.tracks[14]!;

  it("are found for everything in the catalogue, in one request", async () => {
    const { tracks, lonelyTrack, episodes, albums, artists, shows } = CATALOGUE;
    const items = [...tracks, lonelyTrack, ...episodes];
    await names.lookUp(
      [...items, ...albums, ...artists, ...shows].map(({ uri }) => uri),
      NEVER,
    );
    for (const item of items) {
      const found = names.known(item.uri);
      assert.deepEqual(
        { ...found, images: found?.images.map(({ url, size }) => `${url.slice(-40)} ${size}`) },
        {
          title: item.name,
          artists: item.artists.map(({ name, uri }) => ({ name, uri })),
          album: item.album.name,
          albumUri: item.album.uri,
          duration: item.durationMs,
          images: item.album.pictures.map(({ fileId, size }) => `${fileId} ${size}`),
        },
      );
    }
    for (const { uri, name } of [...albums, ...artists, ...shows])
      assert.equal(names.known(uri)?.title, name);
    assert.deepEqual(told(), ["extended-metadata"]);
  });

  it("come from metadata/4 if extended-metadata fails, with all artists and pictures", async () => {
    simulator.faults.extendedMetadataStatus = 500;
    await names.lookUp([track.uri], NEVER);
    const found = names.known(track.uri);
    assert.equal(found?.title, "Dirección Desconocida");
    assert.deepEqual(
      found.artists.map(({ name, uri }) => ({ name, uri })),
      track.artists,
    );
    assert.equal(found.images.length, 3);
    assert.deepEqual(told(), ["extended-metadata", "metadata/4"]);
  });

  it("come from oEmbed if both fail: a title and a picture, requested without a token", async () => {
    simulator.faults.extendedMetadataStatus = 500;
    simulator.policy.metadata.servesMetadata4 = false;
    await names.lookUp([track.uri], NEVER);
    assert.equal(names.known(track.uri)?.title, "Dirección Desconocida");
    assert.ok((names.known(track.uri)?.images.length ?? 0) > 0);
    assert.deepEqual(
      simulator.stats.metadataRequests.map(({ service, hasToken }) => `${service} ${hasToken}`),
      ["extended-metadata true", "metadata/4 true", "oembed false"],
    );
  });

  it("are found for a playlist", async () => {
    await names.lookUp([CATALOGUE.dinner.uri, CATALOGUE.dj.uri], NEVER);
    assert.equal(names.known(CATALOGUE.dinner.uri)?.title, "Dinner");
    assert.equal(names.known(CATALOGUE.dj.uri)?.title, "DJ");
  });
});
