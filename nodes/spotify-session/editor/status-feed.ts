/** Asks how the deployed session is, for as long as the dialog is open. */
import type { Ask } from "./sign-in/api";
import { type Poll, readStatus } from "./status";

const POLL_EVERY_MS = 2000;

export interface StatusFeed {
  /** Asks from now on. @param tell is called with what was found, also where nothing has changed */
  start(tell: (poll: Poll) => void): void;
  /** Asks at once, because something has been done. */
  refresh(): void;
  latest(): Poll;
}

/** @param life ends with the dialog */
export function statusFeed(ask: Ask, life: AbortSignal): StatusFeed {
  let timer: number | undefined;
  let round = 0;
  let latest: Poll = "loading";
  let tell: (poll: Poll) => void = () => undefined;

  const poll = async (): Promise<void> => {
    window.clearTimeout(timer);
    const mine = ++round;
    const result = await ask("GET", "status");
    // Asked again in the meantime.
    if (mine !== round) return;
    if (result.ok) latest = readStatus(result.body) ?? "noAnswer";
    else latest = result.failure.kind === "refused" ? "noAnswer" : result.failure.kind;
    tell(latest);
    timer = window.setTimeout(() => void poll(), POLL_EVERY_MS);
  };

  life.addEventListener("abort", () => window.clearTimeout(timer));
  return {
    start(listener) {
      tell = listener;
      tell(latest);
      void poll();
    },
    refresh: () => void poll(),
    latest: () => latest,
  };
}
