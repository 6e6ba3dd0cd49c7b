/** The request to a route of the Web API, and its answer. */
import type { Cluster } from "../connect-state/cluster";
import type { HttpAnswer } from "../http";
import type { PlaybackView } from "../world/playback-view";
import type { Account, IssuedToken } from "../world/accounts";

/** A request with a valid token. */
export interface Call {
  account: Account;
  token: IssuedToken;
  /** Such as `/v1/me/playlists`. */
  path: string;
  /** The values for the names in braces of the route. */
  params: readonly string[];
  query: URLSearchParams;
  contentType: string;
  body: string;
  cluster: Cluster;
  /** The playback that the Web API reports instead of `cluster.view`, because it is behind. */
  staleView?: PlaybackView | undefined;
}

export interface Route {
  /** One of these is enough; if there is none, any token is accepted. */
  scopes: readonly string[];
  answer(call: Call): HttpAnswer;
}

export function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
