/** The counts of a chaos run, and how they are shown. */
import type { Reason } from "./keymaster-ledger";
import type { Cause } from "./refresh-ledger";

export interface Tally {
  seed: number;
  /** By moment. */
  kills: Record<string, number>;
  /** By kind. */
  outages: Record<string, number>;
  /** Refreshes that Spotify has carried out. */
  refreshes: number;
  /** Refresh tokens that were used after Spotify had replaced them, by cause. */
  reused: Record<Cause, number>;
  /** Grants that ended because of that, so that a person had to sign in again. */
  lost: Record<Cause, number>;
  /** The same, as counted by the simulated Spotify. */
  reusedBySpotifysCount: number;
  /** Descriptions of all mistakes: refreshes, and requests to keymaster. */
  mistakes: string[];
  /** The longest time that a killed Node-RED had had a new refresh token without storing it, ms. */
  longestHeld: number;
  /** Requests to keymaster, by reason. */
  keymaster: Record<Reason, number>;
  /** Sign-ins that came back after a Node-RED had reported their sign-out. */
  resurrected: number;
  /** Sign-ins that are missing at the end. */
  missing: number;
  /** Whether all Node-REDs know of the same sign-ins at the end. */
  isAgreed: boolean;
  /** Errors that flows received, by code. */
  errors: Record<string, number>;
  /** Whether a log contains a token. */
  isSecretShown: boolean;
}

export function table(tally: Tally): string {
  const { reused, lost, keymaster } = tally;
  const listed = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ") || "none";
  const sum = (counts: Record<string, number>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const rows: [string, string | number][] = [
    ["Node-REDs killed", `${sum(tally.kills)} (${listed(tally.kills)})`],
    ["the store was", listed(tally.outages)],
    ["refreshes that Spotify carried out", tally.refreshes],
    ["grants lost by mistake", lost.mistake + tally.missing],
    ["grants lost with a Node-RED that was killed before it had stored the new refresh token", lost.killed],
    ["  the longest that one had it", `${tally.longestHeld} ms`],
    ["grants lost because it was killed while the store could not be written", lost.storeAway],
    ["refresh tokens used twice, as Spotify counts them", tally.reusedBySpotifysCount],
    ["  because the one who had the new one was killed", reused.killed + reused.storeAway],
    ["  by mistake", reused.mistake],
    ["requests to keymaster", sum(keymaster)],
    ["  for a token that was needed", keymaster.due],
    ["  again, because the asker was killed", keymaster.killed],
    ["  again, because the store was away", keymaster.storeAway],
    ["  twice, without a reason", keymaster.twice],
    ["sign-outs that came undone", tally.resurrected],
    ["all Node-REDs know the same sign-ins", tally.isAgreed ? "yes" : "no"],
    ["errors in flows, while something was away", listed(tally.errors)],
    ["seed", tally.seed],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...tally.mistakes.map((story) => `MISTAKE: ${story}`),
  ].join("\n");
}
