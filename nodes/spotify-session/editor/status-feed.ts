/** Asks how the account is: when the dialog opens, and after each change. */
import type { LiveFeed } from "../../shared/editor/live-feed";
import type { Ask } from "./sign-in/api";
import { type Found, readStatus } from "./status";

export interface StatusFeed {
  /** Begins to ask. @param tell is called with each answer, even if nothing has changed */
  start(tell: (found: Found) => void): void;
  /** Asks at once, because the dialog has done something. */
  refresh(): void;
  latest(): Found;
}

export function statusFeed(ask: Ask, changes: LiveFeed): StatusFeed {
  let round = 0;
  let latest: Found = "loading";
  let tell: (found: Found) => void = () => undefined;

  const request = async (): Promise<void> => {
    const mine = ++round;
    const result = await ask("GET", "status");
    // There has been another request since.
    if (mine !== round) return;
    if (result.ok) latest = readStatus(result.body) ?? "noAnswer";
    else latest = result.failure.kind === "refused" ? "noAnswer" : result.failure.kind;
    tell(latest);
  };
  const refresh = (): void => void request();

  return {
    start(listener) {
      tell = listener;
      tell(latest);
      changes.listen(refresh);
      refresh();
    },
    refresh,
    latest: () => latest,
  };
}
