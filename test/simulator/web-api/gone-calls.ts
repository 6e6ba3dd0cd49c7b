/**
 * Calls that are no longer available to apps in development mode, and therefore to all apps of home users.
 *
 * Sources: developer.spotify.com, references/changes/february-2026, for calls removed on 2026-03-09; cliamp#54 for the
 * 403 and its body. Spotify's blog of 2024-11-27 for calls removed before that, which answer 404.
 */
import type { Route } from "./call";
import { refusal } from "./refusal";
import type { Routes } from "./route-table";

const FORBIDDEN: Route = { scopes: [], answer: () => refusal(403, "Forbidden") };
const NOT_FOUND: Route = { scopes: [], answer: () => refusal(404, "Resource not found") };

const KINDS_OF_LIBRARY = ["tracks", "albums", "shows", "episodes", "audiobooks", "following"];
const KINDS_OF_BULK = ["tracks", "albums", "artists", "shows", "episodes", "audiobooks", "chapters"];

const SINCE_2026 = [
  ...["GET", "POST", "PUT", "DELETE"].map((method) => `${method} /v1/playlists/{id}/tracks`),
  ...["PUT", "DELETE"].map((method) => `${method} /v1/playlists/{id}/followers`),
  "GET /v1/playlists/{id}/followers/contains",
  ...KINDS_OF_LIBRARY.flatMap((kind) => [
    `PUT /v1/me/${kind}`,
    `DELETE /v1/me/${kind}`,
    `GET /v1/me/${kind}/contains`,
  ]),
  "GET /v1/users/{id}",
  "GET /v1/users/{id}/playlists",
  "POST /v1/users/{id}/playlists",
  ...KINDS_OF_BULK.map((kind) => `GET /v1/${kind}`),
  "GET /v1/artists/{id}/top-tracks",
  "GET /v1/markets",
  "GET /v1/browse/new-releases",
  "GET /v1/browse/categories",
  "GET /v1/browse/categories/{id}",
];
const SINCE_2024 = [
  "GET /v1/browse/featured-playlists",
  "GET /v1/browse/categories/{id}/playlists",
  "GET /v1/artists/{id}/related-artists",
  "GET /v1/recommendations",
  "GET /v1/recommendations/available-genre-seeds",
  "GET /v1/audio-features",
  "GET /v1/audio-features/{id}",
  "GET /v1/audio-analysis/{id}",
];

export const GONE_CALLS: Routes = Object.fromEntries([
  ...SINCE_2026.map((name) => [name, FORBIDDEN] as const),
  ...SINCE_2024.map((name) => [name, NOT_FOUND] as const),
]);
