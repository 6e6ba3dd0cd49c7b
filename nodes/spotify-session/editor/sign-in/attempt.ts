/** Follows a sign-in that is under way at Node-RED, until it has ended or its time is over. */
import type { LiveFeed } from "../../../shared/editor/live-feed";
import { type Failure, readProgress } from "./answers";
import type { Ask } from "./api";

const TICK_EVERY_MS = 1000;
/** How long to wait after the deadline for Node-RED itself to say how the sign-in ended. */
const GRACE_MS = 6000;

export type Outcome =
  | { state: "done"; username: string | undefined }
  | { state: "failed"; failure: Failure }
  /** Its time is over. */
  | { state: "over" }
  /** Node-RED no longer knows of it: it was started anew. */
  | { state: "lost" };

export interface Attempt {
  /** ms that are left. */
  left(): number;
  /** Ends it here as if Node-RED had said so. */
  end(outcome: Outcome): void;
  /** No longer follows it. */
  stop(): void;
}

export interface AttemptOptions {
  ask: Ask;
  changes: LiveFeed;
  /** Where its progress is told, below the session's own. */
  path: string;
  /** By the browser's clock, ms since the epoch. */
  deadline: number;
  /** Ends with the dialog. */
  life: AbortSignal;
  /** Called at once, and then every second. */
  tick(left: number): void;
  ended(outcome: Outcome): void;
}

export function followAttempt(options: AttemptOptions): Attempt {
  const { ask, changes, path, deadline, life, tick, ended } = options;
  let over = false;
  let ticker: number | undefined;
  let stopListening = (): void => undefined;
  const left = (): number => deadline - Date.now();

  const stop = (): void => {
    over = true;
    window.clearInterval(ticker);
    stopListening();
    life.removeEventListener("abort", stop);
  };
  const end = (outcome: Outcome): void => {
    if (over) return;
    stop();
    ended(outcome);
  };
  ticker = window.setInterval(() => {
    tick(left());
    if (left() < -GRACE_MS) end({ state: "over" });
  }, TICK_EVERY_MS);

  const askProgress = async (): Promise<void> => {
    const result = await ask("GET", path);
    if (over) return;
    if (!result.ok && result.failure.kind === "notDeployed") return end({ state: "lost" });
    if (!result.ok && result.failure.kind === "notAllowed") {
      return end({ state: "failed", failure: result.failure });
    }
    const progress = result.ok ? readProgress(result.body) : undefined;
    if (progress?.state === "done") return end({ state: "done", username: progress.username });
    if (progress?.failure !== undefined) return end({ state: "failed", failure: progress.failure });
  };

  life.addEventListener("abort", stop);
  tick(left());
  stopListening = changes.listen(() => void askProgress());
  void askProgress();
  return { left, end, stop };
}
