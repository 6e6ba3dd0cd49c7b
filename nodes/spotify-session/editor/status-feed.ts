/** Asks how the account is: when the dialog opens, and after each change. Has it opened if no node uses it. */
import type { LiveFeed } from "../../shared/editor/live-feed";
import type { Ask } from "./sign-in/api";
import { type Found, readStatus, type SessionStatus } from "./status";

export interface StatusFeed {
  /** Begins to ask. @param tell is called with each answer, even if nothing has changed */
  start(tell: (found: Found) => void): void;
  /** Asks at once, because the dialog has done something. */
  refresh(): void;
  latest(): Found;
}

function isClosed(found: Found): found is SessionStatus {
  return typeof found === "object" && !found.isOpen;
}

export function statusFeed(ask: Ask, changes: LiveFeed): StatusFeed {
  let round = 0;
  let latest: Found = "loading";
  let tell: (found: Found) => void = () => undefined;

  const read = async (): Promise<Found> => {
    const result = await ask("GET", "status");
    if (result.ok) return readStatus(result.body) ?? "noAnswer";
    return result.failure.kind === "refused" ? "noAnswer" : result.failure.kind;
  };

  const request = async (): Promise<void> => {
    const mine = ++round;
    let found = await read();
    if (mine === round && isClosed(found)) {
      const opened = await ask("POST", "open", {});
      // What keeps it closed is told like any other problem of it.
      if (opened.ok) found = await read();
      else if (opened.failure.kind === "refused") found = { ...found, error: opened.failure };
    }
    // There has been another request since.
    if (mine !== round) return;
    latest = found;
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
