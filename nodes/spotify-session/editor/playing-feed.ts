/** Asks what the account plays: when the dialog opens, after each change, and often enough to be told of the next one. */
import type { LiveFeed } from "../../shared/editor/live-feed";
import type { PlayingPanel } from "./playing-panel";
import { readDevices, readPlaying } from "./playing";
import type { Ask } from "./sign-in/api";

/** Node-RED tells of changes for 30 s after it was asked. */
const RENEWAL = 20_000;

/** @param playing tells when something else plays @param life ends with the dialog */
export function followPlaying(
  ask: Ask,
  playing: LiveFeed,
  panel: PlayingPanel,
  life: AbortSignal,
): () => void {
  let round = 0;
  let onDevice: string | undefined;

  const askDevices = async (): Promise<void> => {
    const result = await ask("GET", "devices");
    panel.showDevices(result.ok ? readDevices(result.body) : []);
  };
  const refresh = async (): Promise<void> => {
    const mine = ++round;
    const result = await ask("GET", "playing");
    if (mine !== round) return;
    const now = result.ok ? readPlaying(result.body) : undefined;
    panel.show(now);
    if (now === undefined || now.device === onDevice) return;
    onDevice = now.device;
    await askDevices();
  };
  const timer = window.setInterval(() => void refresh(), RENEWAL);
  life.addEventListener("abort", () => window.clearInterval(timer));
  playing.listen(() => void refresh());
  void refresh();
  return () => void refresh();
}
