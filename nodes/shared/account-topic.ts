/** What the runtime tells the editor over Node-RED's comms, which everybody who may see statuses can read. Pure. */

/** The topic of every change. */
export const ACCOUNT_TOPIC = "spotify-session/changed";

/** The topic for what an account plays. It is used only while a dialog shows that. */
export const PLAYING_TOPIC = "spotify-session/playing";

/** Says that an account has changed, not how: the editor then asks over a route that checks its permission. */
export interface AccountChanged {
  /** The ID of the account, as the editor knows it; undefined: every account may have changed. */
  account?: string;
}
