import { SpotifyError } from "../core/errors";
import { RedisLine } from "./redis-line";
import { deleteDocument, RedisSliceStore } from "./redis-store";
import type { SharedStore } from "./shared-store";

interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  url: string;
  /** Seals the state of accounts that have no key of their own yet. The same in all instances. */
  secret?: string;
}

/**
 * Accounts that several instances of Node-RED share on a Redis or Valkey server, for settings.js:
 *
 *     spotifySessionStore: require("node-red-contrib-spotify-session/redis")({ url: "redis://localhost:6379" }),
 *
 * Needs the npm package `redis`. Connects with the first account.
 *
 * @throws SpotifyError INVALID_ARGUMENT for an address that cannot be right; the error does not quote it
 */
function redisStore({ url, secret }: RedisOptions): SharedStore {
  if (secret !== undefined && (typeof secret !== "string" || secret === "")) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "The secret of the shared store (spotifySessionStore) is not a text.",
    );
  }
  const line = new RedisLine(url);
  return {
    secret,
    open: (account) => new RedisSliceStore(line, account),
    delete: (accountId) => deleteDocument(line, accountId),
  };
}

export = redisStore;
