import type { TokenSource } from "../core/token";

/** A source that has grants, each for a client ID. */
export interface GrantSource extends TokenSource {
  /** The grant of this client ID, whatever it covers, and be it over. */
  grant(clientId: string): { scopes: readonly string[]; endedAt?: number } | undefined;
  /** Since when, and until when, an app may not be used for its owner's sake; ms since the epoch. */
  refusal(clientId: string): { since: number; until: number } | undefined;
  /** The client ID of an app whose grant covers these scopes. @param refused also one that may not be used just now */
  appFor(scopes: readonly string[], refused?: boolean): string | undefined;
  /** The client ID of the user's own app that was signed in last, whatever its grant covers; one that is over comes last. */
  ownApp(): string | undefined;
}
