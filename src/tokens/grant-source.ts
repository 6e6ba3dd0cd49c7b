import type { TokenSource } from "../core/token";
import type { Refusal } from "./decide";

/** The user's consent that one app may act for the account. */
export interface AppGrant {
  scopes: readonly string[];
  /** When Spotify ended it, ms since the epoch. */
  endedAt?: number;
}

/** A source that has grants, at most one for each client ID. */
export interface GrantSource extends TokenSource {
  /** The grant of this client ID, even if it has ended. */
  grant(clientId: string): AppGrant | undefined;
  /** Whether the grant of this client ID is not refreshed here, so that the original of this copy keeps it. */
  isHeldBack(clientId: string): boolean;
  /** Why Spotify refuses the app of this client ID: its owner has no Premium. */
  refusal(clientId: string): Refusal | undefined;
  /** The client ID of an app whose grant covers these scopes. @param refused also an app that Spotify refuses now */
  appFor(scopes: readonly string[], refused?: boolean): string | undefined;
  /** The client ID of the own app that was signed in last, whatever its grant covers; one that has ended comes last. */
  ownApp(): string | undefined;
}
