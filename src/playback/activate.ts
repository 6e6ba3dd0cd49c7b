import { raceAbort } from "../async/race-abort";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { Target } from "./scene";
import type { Work } from "./work";

/** How long a device may take to become active, ms. Source: BridgeThing client.rs. */
const ACTIVE_WITHIN = 4_000;
/** An Echo is asked again at this interval, for this long, ms. Source: SpotifyWebApiPython. */
const ECHO_EVERY = 500;
const ECHO_FOR = 5_000;

/**
 * Makes a device the active one, so that it takes commands about what plays.
 * @param playback whether what plays is to go on as it is, or to play
 * @param within ms
 * @throws SpotifyError as `Work.carryOut`
 */
export async function activate(
  work: Work,
  target: Target,
  playback: "restore" | "resume",
  within = ACTIVE_WITHIN,
): Promise<void> {
  if (work.isActive(target)) return;
  if (isEcho(target)) await activateEcho(work, target);
  else await work.carryOut({ kind: "transfer", playback }, target, within);
}

/** An Amazon Echo has such an ID. It becomes active only after several transfers. Source: SpotifyWebApiPython. */
export function isEcho({ id }: Target): boolean {
  return /_amzn_\d+$/.test(id);
}

/** What a later transfer may not meet any more. */
const PASSES: ReadonlySet<string> = new Set(["NOT_CONFIRMED", "RESTRICTED", "UNREACHABLE", "TIMEOUT"]);

async function activateEcho(work: Work, target: Target): Promise<void> {
  const device = target.name ?? target.id;
  const end = performance.now() + ECHO_FOR;
  for (;;) {
    work.step({ name: "transferring", device });
    try {
      await work.carryOut({ kind: "transfer", playback: "restore" }, target, ECHO_EVERY);
      return;
    } catch (error) {
      work.signal.throwIfAborted();
      if (performance.now() >= end || !(error instanceof SpotifyError) || !PASSES.has(error.code))
        throw error;
      if (error.code !== "NOT_CONFIRMED") await raceAbort(work.signal, wait(ECHO_EVERY, work.signal));
      // The Web API shows the effect later than that.
      await work.begin();
    }
  }
}
