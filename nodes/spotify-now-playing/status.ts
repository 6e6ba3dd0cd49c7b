import type { NodeAPI, NodeStatus } from "node-red";
import type { PlaybackState, SpotifyError } from "../../src";
import { ERROR_GUIDE } from "../../src/core/error-guide";
import { accountStatus, type AccountFacts } from "../shared/account-status";
import { shortened } from "../shared/shortened";

/** A status has little room, but a song and its artist need more than the usual 20 characters. */
const LONGEST = 40;

/** What decides the status of a spotify-now-playing node. */
export interface StatusFacts {
  account: AccountFacts;
  /** The error in the node's own properties, if there is one. */
  problem: SpotifyError | undefined;
  /** What the last message failed with. */
  error: SpotifyError | undefined;
}

/** Red: something is wrong. Yellow: it connects. A dot: green while playing, grey if paused. A grey ring: nothing plays. */
export function composeStatus(RED: Pick<NodeAPI, "_">, facts: StatusFacts): NodeStatus {
  const { account, problem, error } = facts;
  const text = (key: string): string => RED._(`spotify-now-playing.${key}`);
  const ofAccount = accountStatus(text, { ...account, problem: problem ?? account.problem });
  if (ofAccount) return ofAccount;
  const { state, problem: unread } = account.session?.player ?? {};
  // If Spotify cannot be reached for a while, the status goes on showing the last song.
  const showsProblem = account.isLoaded && (!state || (unread && ERROR_GUIDE[unread.code].retry === "no"));
  const wrong = error ?? (showsProblem ? unread : undefined);
  if (wrong) return { fill: "red", shape: "ring", text: text(`errors.${wrong.code}`) };
  if (!state)
    return account.session ? { fill: "yellow", shape: "ring", text: text("status.connecting") } : {};
  if (state.status === "idle") return { fill: "grey", shape: "ring", text: text("status.idle") };
  return {
    fill: state.playing ? "green" : "grey",
    shape: "dot",
    text: shortened(itemText(text, state), LONGEST),
  };
}

/** `Title · Artist`, as far as they are known. */
function itemText(text: (key: string) => string, { type, title, artist }: PlaybackState): string {
  const known = [title, artist].filter((name) => name !== null);
  if (known.length > 0) return known.join(" · ");
  return text(type === "ad" ? "status.ad" : "status.unknown");
}
