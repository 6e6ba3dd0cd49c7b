/**
 * Single tracks, albums and artists, and the lists that belong to them.
 * Source: developer.spotify.com, Web API reference. An artist's albums come in pages of at most 10 (spotipy#1231, #1236).
 */
import type { HttpAnswer } from "../http";
import { CATALOGUE, findItem, type AlbumEntry, type ArtistEntry } from "../world/catalogue";
import type { Call, Route } from "./call";
import { answerPage } from "./pages";
import { refusal } from "./refusal";
import type { Routes } from "./route-table";
import { albumObject, artistObject, itemObject } from "./web-api-objects";

const ALBUMS_OF_ARTIST = { most: 10, usual: 5 };

export const CATALOGUE_ROUTES: Routes = {
  "GET /v1/tracks/{id}": open(({ params: [id] }) => {
    const track = findItem(`spotify:track:${id}`);
    return track && { status: 200, body: itemObject(track) };
  }),
  "GET /v1/episodes/{id}": open(({ params: [id] }) => {
    const episode = findItem(`spotify:episode:${id}`);
    return episode && { status: 200, body: itemObject(episode) };
  }),
  "GET /v1/albums/{id}": open((call) => {
    const album = albumOf(call);
    return album && { status: 200, body: albumObject(album) };
  }),
  "GET /v1/albums/{id}/tracks": open((call) => {
    const album = albumOf(call);
    if (album === undefined) return undefined;
    const tracks = [...CATALOGUE.tracks, CATALOGUE.lonelyTrack];
    return answerPage(
      call,
      tracks.filter((track) => track.album === album),
      itemObject,
    );
  }),
  "GET /v1/artists/{id}": open((call) => {
    const artist = artistOf(call);
    return artist && { status: 200, body: artistObject(artist) };
  }),
  "GET /v1/artists/{id}/albums": open((call) => {
    const artist = artistOf(call);
    if (artist === undefined) return undefined;
    const albums = CATALOGUE.albums.filter(({ artists }) => artists.includes(artist));
    return answerPage(call, albums, albumObject, ALBUMS_OF_ARTIST);
  }),
};

/** A route that needs no scope, and answers 404 for unknown IDs. */
function open(answer: (call: Call) => HttpAnswer | undefined): Route {
  return { scopes: [], answer: (call) => answer(call) ?? refusal(404, "Resource not found") };
}

function albumOf({ params: [id] }: Call): AlbumEntry | undefined {
  return CATALOGUE.albums.find(({ uri }) => uri === `spotify:album:${id}`);
}

function artistOf({ params: [id] }: Call): ArtistEntry | undefined {
  return CATALOGUE.artists.find(({ uri }) => uri === `spotify:artist:${id}`);
}
