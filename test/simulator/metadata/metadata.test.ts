import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { login5Token } from "../clients/raw-device";
import { Simulator } from "../index";
import { CATALOGUE } from "../world/catalogue";
import { bytesField, int32Field, messageOf } from "./protobuf-fields";

/** The fields of a message by number, in the order of their arrival. */
type Fields = Map<number, (Uint8Array | number)[]>;

const TRACK = 10;
const EPISODE = 12;
const text = (value: Uint8Array | number | undefined): string => Buffer.from(value as Uint8Array).toString();
const bytes = (fields: Fields, field: number): Uint8Array[] => (fields.get(field) ?? []) as Uint8Array[];

function fieldsOf(message: Uint8Array | number | undefined): Fields {
  const reader = new BinaryReader(message as Uint8Array);
  const fields: Fields = new Map();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    fields.set(field, [...(fields.get(field) ?? []), type === 2 ? reader.bytes() : reader.uint32()]);
  }
  return fields;
}

const batchOf = (kind: number, uris: readonly string[]): Uint8Array =>
  messageOf(
    bytesField(1, bytesField(1, "SE")),
    ...uris.map((uri) => bytesField(2, messageOf(bytesField(1, uri), bytesField(2, int32Field(1, kind))))),
  );

describe("simulator: metadata", () => {
  let simulator: Simulator;
  let authorization: Record<string, string>;

  beforeEach(async () => {
    simulator = await Simulator.start();
    authorization = {
      authorization: `Bearer ${login5Token(simulator, simulator.addAccount())}`,
      "client-token": simulator.clientTokens.grant(CLIENT_IDS.keymaster, "d".repeat(40), 3600).token,
    };
  });

  afterEach(() => simulator.close());

  const post = (body: Uint8Array, headers = authorization): Promise<Response> =>
    fetch(`${simulator.endpoints.spclient}/extended-metadata/v0/extended-metadata`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/protobuf" },
      body: Buffer.from(body),
    });
  const get = (path: string, headers: Record<string, string> = authorization): Promise<Response> =>
    fetch(simulator.endpoints.spclient + path, { headers: { accept: "application/json", ...headers } });
  const embed = (link: string): Promise<Response> =>
    fetch(`${simulator.endpoints.open}/oembed?url=${encodeURIComponent(link)}`);

  describe("extended-metadata", () => {
    /** For the only requested extension: header and content of each URI. */
    async function answers(response: Response): Promise<{ uri: string; header: Fields; content: Fields }[]> {
      assert.equal(response.status, 200);
      const [array] = bytes(fieldsOf(Buffer.from(await response.arrayBuffer())), 2);
      return bytes(fieldsOf(array), 3).map((each) => {
        const data = fieldsOf(each);
        const any = bytes(data, 3)[0];
        const value = any === undefined ? new Uint8Array() : bytes(fieldsOf(any), 2)[0];
        return {
          uri: text(data.get(2)?.[0]),
          header: fieldsOf(data.get(1)?.[0]),
          content: fieldsOf(value),
        };
      });
    }

    it("names the track, its artists, its album and the album's pictures in three sizes", async () => {
      const uri = CATALOGUE.tracks[6]!.uri;
      const [answer] = await answers(await post(batchOf(TRACK, [uri])));
      assert.equal(answer?.uri, uri);
      assert.equal(answer.header.get(1)?.[0], 200);
      assert.match(text(answer.header.get(2)?.[0]), /^[0-9a-f]{16}$/);
      assert.equal(answer.header.get(4)?.[0], simulator.policy.metadata.ttl);
      const { content } = answer;
      assert.equal(text(content.get(2)?.[0]), "Time to Live");
      assert.equal(content.get(7)?.[0], 2 * 255_000, "zigzag of 255 s");
      const artists = bytes(content, 4).map((artist) => text(fieldsOf(artist).get(2)?.[0]));
      assert.deepEqual(artists, ["Ada Bytewell", "Señor Timeout"]);
      const album = fieldsOf(content.get(3)?.[0]);
      assert.equal(text(album.get(2)?.[0]), "Round Trips");
      const images = bytes(fieldsOf(album.get(17)?.[0]), 1).map(fieldsOf);
      assert.deepEqual(
        images.map((image) => Buffer.from(bytes(image, 1)[0]!).toString("hex").slice(0, 16)),
        ["ab67616d0000b273", "ab67616d00001e02", "ab67616d00004851"],
      );
      assert.deepEqual(
        images.map((image) => image.get(3)?.[0]),
        [2 * 640, 2 * 300, 2 * 64],
      );
    });

    it("has the numbers of track and disc, and the album's date, without which go-librespot exits", async () => {
      const { tracks } = CATALOGUE;
      const given = await answers(await post(batchOf(TRACK, [tracks[1]!.uri, tracks[3]!.uri])));
      const numbers = given.map(({ content }) => [content.get(5)?.[0], content.get(6)?.[0]]);
      assert.deepEqual(
        numbers,
        [
          [2 * 1, 2 * 1],
          [2 * 2, 2 * 1],
        ],
        "zigzag of 1 and 2, and of disc 1",
      );
      const date = fieldsOf(fieldsOf(given[0]?.content.get(3)?.[0]).get(6)?.[0]);
      assert.equal(date.get(1)?.[0], 2 * 2026);
    });

    it("names the show of an episode", async () => {
      const [answer] = await answers(await post(batchOf(EPISODE, [CATALOGUE.episodes[0]!.uri])));
      assert.equal(text(answer?.content.get(2)?.[0]), "Who Is Listening?");
      assert.equal(text(fieldsOf(answer?.content.get(71)?.[0]).get(2)?.[0]), "The Hidden Observer");
    });

    it("answers many URIs at once, with 404 for each unknown one", async () => {
      const { tracks, lonelyTrack, advert, localFile, episodes } = CATALOGUE;
      const unknown = ["spotify:track:5im0000000000000099999", advert.uri, localFile.uri, episodes[0]!.uri];
      const asked = [...tracks.map(({ uri }) => uri), lonelyTrack.uri, ...unknown];
      const given = await answers(await post(batchOf(TRACK, asked)));
      assert.deepEqual(
        given.map(({ uri }) => uri),
        asked,
      );
      assert.deepEqual(
        given.filter(({ header }) => header.get(1)?.[0] === 404).map(({ uri }) => uri),
        unknown,
      );
    });

    it("accepts 250 URIs in a request, and no more", async () => {
      const { uri } = CATALOGUE.tracks[0]!;
      assert.equal((await answers(await post(batchOf(TRACK, Array(250).fill(uri))))).length, 250);
      assert.equal((await post(batchOf(TRACK, Array(251).fill(uri)))).status, 400);
      assert.equal((await post(Buffer.alloc(20, 0xff))).status, 400);
    });

    it("accepts a compressed request, but not bytes that are only marked as compressed", async () => {
      const batch = batchOf(TRACK, [CATALOGUE.tracks[0]!.uri]);
      const headers = { ...authorization, "content-encoding": "gzip" };
      assert.equal((await answers(await post(gzipSync(batch), headers))).length, 1);
      assert.equal((await post(batch, headers)).status, 400);
    });

    it("requires the token of Login5 and a client token", async () => {
      const batch = batchOf(TRACK, [CATALOGUE.tracks[0]!.uri]);
      const { authorization: user = "", "client-token": client = "" } = authorization;
      assert.equal((await post(batch, { "client-token": client })).status, 401);
      assert.equal((await post(batch, { authorization: user })).status, 400);
    });

    it("fails as specified, and then works again", async () => {
      const batch = batchOf(TRACK, [CATALOGUE.tracks[0]!.uri]);
      simulator.faults.extendedMetadataStatus = { value: 500, times: 1 };
      assert.equal((await post(batch)).status, 500);
      simulator.faults.extendedMetadataRateLimited = { value: 7, times: 1 };
      const limited = await post(batch);
      assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "7"]);
      simulator.faults.extendedMetadataBody = { value: "garbage", times: 1 };
      assert.throws(fieldsOf.bind(undefined, Buffer.from(await (await post(batch)).arrayBuffer())));
      simulator.faults.extendedMetadataDrop = 1;
      await assert.rejects(post(batch));
      simulator.faults.extendedMetadataSlow = { value: 50, times: 1 };
      const asked = performance.now();
      await answers(await post(batch));
      assert.ok(performance.now() - asked >= 45);
      assert.equal((await answers(await post(batch))).length, 1);
      assert.deepEqual(
        simulator.stats.metadataRequests.map(({ service, status }) => `${service} ${status}`),
        [500, 429, 200, 0, 200, 200].map((status) => `extended-metadata ${status}`),
      );
    });
  });

  describe("metadata/4", () => {
    const gid = "ae02ebe3d9fa475c0e817eec35d00001";

    it("returns a track by its ID in hexadecimal", async () => {
      const response = await get(`/metadata/4/track/${gid}?market=from_token`);
      assert.equal(response.status, 200);
      const track = Object(await response.json());
      assert.equal(track.gid, gid);
      assert.equal(track.name, "Loopback Lullaby");
      assert.equal(track.artist[0].name, "The Ephemeral Ports");
      assert.equal(track.album.name, "Bound to Nothing");
      assert.equal(track.duration, 184_000);
      assert.deepEqual(
        track.album.cover_group.image.map(({ width }: { width: number }) => width),
        [640, 300, 64],
      );
      assert.deepEqual(simulator.stats.metadataRequests.at(-1)?.uris, [CATALOGUE.tracks[0]!.uri]);
    });

    it("answers in protobuf unless JSON is requested, which librespot does not do, for any market", async () => {
      for (const accept of ["*/*", "application/x-protobuf"]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const response = await get(`/metadata/4/track/${gid}?product=0&country=SE`, {
          ...authorization,
          accept,
        });
        assert.equal(response.status, 200);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const track = fieldsOf(Buffer.from(await response.arrayBuffer()));
        assert.equal(Buffer.from(bytes(track, 1)[0]!).toString("hex"), gid);
        assert.equal(text(track.get(2)?.[0]), "Loopback Lullaby");
      }
    });

    it("answers 401 without a token, 404 for an unknown track, and 406 if neither form is accepted", async () => {
      const path = `/metadata/4/track/${gid}?market=from_token`;
      assert.equal((await get(path, {})).status, 401);
      assert.equal((await get(`/metadata/4/episode/${gid}?market=from_token`)).status, 404);
      assert.equal((await get(path, { ...authorization, accept: "text/html" })).status, 406);
    });

    it("answers 500 if this server is not the one host that serves it", async () => {
      simulator.policy.metadata.servesMetadata4 = false;
      assert.equal((await get(`/metadata/4/track/${gid}?market=from_token`)).status, 500);
    });
  });

  it("names a playlist", async () => {
    const { uri, name } = CATALOGUE.dj;
    const path = `/playlist/v2/playlist/${uri.split(":")[2]}/metadata`;
    assert.equal(Object(await (await get(path)).json()).attributes.name, name);
    assert.equal((await get(path, {})).status, 401);
    assert.equal((await get(`/playlist/v2/playlist/${"1".repeat(22)}/metadata`)).status, 404);
  });

  describe("oEmbed", () => {
    it("returns the title and a picture to anyone, and no artist", async () => {
      const response = await embed(
        `https://open.spotify.com/track/${CATALOGUE.tracks[0]!.uri.split(":")[2]}`,
      );
      assert.equal(response.status, 200);
      const document = Object(await response.json());
      assert.equal(document.title, "Loopback Lullaby");
      assert.match(document.thumbnail_url, /^https:\/\/[a-z-]+\.spotifycdn\.com\/image\/ab67616d00001e02/);
      assert.doesNotMatch(JSON.stringify(document), /Ephemeral/);
      assert.deepEqual(
        simulator.stats.metadataRequests.map(({ service, hasToken }) => ({ service, hasToken })),
        [{ service: "oembed", hasToken: false }],
      );
    });

    it("answers 404 for an invalid link", async () => {
      for (const link of [
        "",
        "https://open.spotify.com/track/0000000000000000000000",
        "https://example.com/",
      ]) {
        assert.equal((await embed(link)).status, 404, link);
      }
    });
  });
});
