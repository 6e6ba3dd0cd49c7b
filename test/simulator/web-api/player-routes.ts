/**
 * The Web API's data about an account's playback.
 * Source: developer.spotify.com, Web API reference, Player; what users report is named where it is used.
 */
import type { HttpAnswer } from "../http";
import { CATALOGUE } from "../world/catalogue";
import { ITEMS } from "../world/content";
import type { PlaybackView } from "../world/playback-view";
import type { Call, Route } from "./call";
import { addressOf, answerPage, limitOf } from "./pages";
import { refusal } from "./refusal";
import { artistObject, contextObject, deviceObject, itemObject, playing } from "./web-api-objects";

const READ = ["user-read-playback-state"];
const READ_TOP = ["user-top-read"];
const READ_CURRENT = ["user-read-currently-playing", "user-read-playback-state"];
/** The Web API lists this many, even if there are more next items. */
const MAX_QUEUE = 20;
const NO_CONTENT: HttpAnswer = { status: 204 };

export const PLAYER_ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/me/player": { scopes: READ, answer: player },
  "GET /v1/me/player/currently-playing": { scopes: READ_CURRENT, answer: currentlyPlaying },
  "GET /v1/me/player/devices": { scopes: READ, answer: devices },
  "GET /v1/me/player/queue": { scopes: READ_CURRENT, answer: queue },
  "GET /v1/me/player/recently-played": { scopes: ["user-read-recently-played"], answer: recentlyPlayed },
  "GET /v1/me/top/tracks": { scopes: READ_TOP, answer: (call) => answerPage(call, ITEMS, itemObject) },
  "GET /v1/me/top/artists": {
    scopes: READ_TOP,
    answer: (call) => answerPage(call, CATALOGUE.artists, artistObject),
  },
};

function player(call: Call): HttpAnswer {
  const view = shownView(call);
  if (view?.device === undefined) return NO_CONTENT;
  return {
    status: 200,
    body: {
      device: deviceObject(view.device, true),
      shuffle_state: view.shuffle,
      smart_shuffle: view.smartShuffle,
      repeat_state: view.repeat,
      ...playing(view, takesEpisodes(call)),
    },
  };
}

function currentlyPlaying(call: Call): HttpAnswer {
  const view = shownView(call);
  return view === undefined ? NO_CONTENT : { status: 200, body: playing(view, takesEpisodes(call)) };
}

function devices({ cluster, staleView }: Call): HttpAnswer {
  const active = (staleView ?? cluster.view).device?.id;
  const shown = cluster.deviceViews.filter(({ hidden }) => !hidden);
  return {
    status: 200,
    body: { devices: shown.map((device) => deviceObject(device, device.id === active)) },
  };
}

function queue(call: Call): HttpAnswer {
  const view = shownView(call);
  return {
    status: 200,
    body: {
      currently_playing: view === undefined ? null : itemObject(view.item),
      queue: (view?.queue ?? []).slice(0, MAX_QUEUE).map(itemObject),
    },
  };
}

/** Newest first. The cursors are times. An item of exactly that time is not on the page that a cursor leads to. */
function recentlyPlayed({ account, query, path }: Call): HttpAnswer {
  const limit = limitOf(query);
  if (limit === undefined) return refusal(400, "Invalid limit");
  const [before, after] = [query.get("before"), query.get("after")];
  if (before !== null && after !== null) return refusal(400, "Only one of 'before' and 'after' can be given");
  const [until, since] = [wholeMoment(before, Infinity), wholeMoment(after, 0)];
  const wanted = account.playback.played.filter(({ playedAt }) => playedAt < until && playedAt > since);
  const items = wanted.slice(0, limit);
  const [newest, oldest] = [items[0], items.at(-1)].map((one) => String(one?.playedAt));
  const hasMore = wanted.length > items.length;
  return {
    status: 200,
    body: {
      href: addressOf(path, { limit: String(limit) }),
      items: items.map(({ item, context, playedAt }) => ({
        track: itemObject(item),
        played_at: new Date(playedAt).toISOString(),
        context: context === undefined ? null : contextObject(context),
      })),
      limit,
      next: hasMore ? addressOf(path, { before: oldest ?? "", limit: String(limit) }) : null,
      cursors: items.length === 0 ? null : { after: newest, before: oldest },
    },
  };
}

/** Milliseconds since the epoch. */
function wholeMoment(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}

/** Undefined if no device is active, or its user listens in a private session (spotify-web-api-node#176). */
function shownView({ cluster, staleView }: Call): PlaybackView | undefined {
  const view = staleView ?? cluster.view;
  return view.device === undefined || view.device.isPrivate ? undefined : view;
}

function takesEpisodes({ query }: Call): boolean {
  return (query.get("additional_types") ?? "").split(",").includes("episode");
}
