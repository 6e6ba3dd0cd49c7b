/** What a route of the Web API answers, and to what. */
import type { Cluster } from "../connect-state/cluster";
import type { HttpAnswer } from "../http";
import type { PlaybackView } from "../world/playback-view";
import type { Account, IssuedToken } from "../world/accounts";

/** A request whose token is good. */
export interface Call {
  account: Account;
  token: IssuedToken;
  /** Such as `/v1/me/playlists`. */
  path: string;
  /** What stands in place of the names in braces of the route. */
  params: readonly string[];
  query: URLSearchParams;
  contentType: string;
  body: string;
  cluster: Cluster;
  /** What the Web API tells of playback in place of `cluster.view`, because it is behind. */
  staleView?: PlaybackView | undefined;
}

export interface Route {
  /** One of these is enough; none: any token will do. */
  scopes: readonly string[];
  answer(call: Call): HttpAnswer;
}

export function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
