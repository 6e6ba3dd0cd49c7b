/** Asks what the account plays: when the dialog opens, after each change, and often enough to be told of the next one. */
import type { LiveFeed } from "../../shared/editor/live-feed";
import type { PlayingPanel } from "./playing-panel";
import { readPlaying } from "./playing";
import type { Ask } from "./sign-in/api";

/** Node-RED tells of changes for 30 s after it was asked. */
const RENEWAL = 20_000;

/**
 * @param playing tells when something else plays
 * @param life ends with the dialog
 * @returns a function that is told whether there is somebody whose playback it is, which asks at once
 */
export function followPlaying(
  ask: Ask,
  playing: LiveFeed,
  panel: PlayingPanel,
  life: AbortSignal,
): (isSignedIn: boolean) => void {
  let round = 0;
  let isFollowed = false;

  const request = async (): Promise<void> => {
    const mine = ++round;
    const result = await ask("GET", "playing");
    // There has been another request since.
    if (mine !== round) return;
    // For a moment Node-RED may not answer; nothing of what is shown becomes wrong by that.
    if (!result.ok && result.failure.kind === "noAnswer") return;
    panel.show(result.ok ? readPlaying(result.body) : undefined);
  };
  const refresh = (): void => {
    if (isFollowed) void request();
  };
  const timer = window.setInterval(refresh, RENEWAL);
  life.addEventListener("abort", () => window.clearInterval(timer));
  playing.listen(refresh);
  return (isSignedIn) => {
    isFollowed = isSignedIn;
    if (isSignedIn) return refresh();
    // An answer that is under way is no longer wanted.
    round++;
    panel.show(undefined);
  };
}
