import type { SpotifyErrorCode } from "./errors";

/**
 * Whether asking again helps: `no`, not before the user has done something; `wait`, after the error's `retryAfter`
 * seconds; `yes`, after a while.
 */
export type Retry = "no" | "wait" | "yes";

/** What the user is told about one code, in whole sentences. A `word` in backquotes is code. */
export interface ErrorAdvice {
  /** What happened. */
  cause: string;
  /** What the user can do. */
  action: string;
  /** The message of an error with this code. */
  example: string;
  retry: Retry;
}

/**
 * What every error code means, and what to do. `docs/errors.md` is made from it (`npm run docs`); a test compares it with
 * the library's messages.
 */
export const ERROR_GUIDE: Readonly<Record<SpotifyErrorCode, ErrorAdvice>> = {
  INVALID_SCOPE: {
    cause:
      "Spotify does not give this client ID one of the scopes, or your sign-in with an app of your own does not cover it.",
    action:
      "Choose “Best choice” or name the client ID that the message names; for an app of your own, sign in with it again for this scope too.",
    example:
      "Spotify does not give the client ID android (9a8d2f0ce77a4e248bb71fefcb557637) the scope user-top-read. It is the " +
      "account's client ID, from its configuration. Name the client ID keymaster (65b708073fc0480ea92a077233ca87bd) " +
      'instead, which is reported to be allowed it, or choose "best".',
    retry: "no",
  },
  REQUEST_REFUSED: {
    cause:
      "Spotify refuses this account tokens from keymaster, as it has for more and more accounts since August 2025; it was " +
      "asked once more on a fresh connection, and is asked again after a day or a new sign-in (after 15 minutes if it refuses a " +
      "client ID other than keymaster). Or an app's developer has not added you to its users. Or the Web API refuses tokens of " +
      "Spotify's own client IDs.",
    action:
      "Sign in with an app of your own; other scopes or another public client ID will not help. If the message speaks of an " +
      "app's users, add the account on developer.spotify.com.",
    example:
      "Spotify refuses this account tokens from keymaster (since 2026-01-01T00:00:00.000Z), as it has for more and more " +
      "accounts since August 2025. Other scopes or another public client ID will not help: sign in with your own Spotify " +
      "app in the account's dialog.",
    retry: "no",
  },
  INVALID_CLIENT: {
    cause:
      "Spotify does not know this client ID, does not allow it this way of signing in, or no longer admits this kind of client.",
    action:
      "Look the client ID up on developer.spotify.com, or use keymaster and sign in by pairing; if the message says so, update this package.",
    example: "Spotify does not know this client ID. Look it up on developer.spotify.com.",
    retry: "no",
  },
  NOT_SIGNED_IN: {
    cause:
      "The account is not signed in, no sign-in gives these scopes for this client ID, the user directory is a copy, or the " +
      "node has no account.",
    action: "Open the account's dialog and sign in; pairing with a code takes a minute.",
    example: "The account is not signed in. Open its dialog and sign in: pairing with a code takes a minute.",
    retry: "no",
  },
  SIGN_IN_EXPIRED: {
    cause: "The sign-in with an app is over: Spotify ends it after six months, or it was revoked.",
    action: "Sign in again in the account's dialog.",
    example: "This sign-in is over: Spotify no longer accepts it. Sign in again.",
    retry: "no",
  },
  BAD_CREDENTIALS: {
    cause: "Spotify refuses what is stored of the sign-in, or wants to verify the account first.",
    action: "Log in on spotify.com and answer what it asks, if anything; then sign in again.",
    example: "Spotify refused the stored credential. Sign in again in the account's dialog.",
    retry: "no",
  },
  PREMIUM_REQUIRED: {
    cause: "The account needs Premium for this, or the owner of the app that you signed in with has lost it.",
    action:
      "Get Premium, for the app's owner if the message says so (it can take a few hours), or use another app.",
    example: "The owner of this app needs Spotify Premium. After a change it can take a few hours.",
    retry: "no",
  },
  TRAVEL_RESTRICTION: {
    cause: "A Free account has been abroad for more than 14 days.",
    action: "Change the account's country on spotify.com, or go online at home; then deploy again.",
    example:
      "Spotify allows a Free account abroad for 14 days only. Change the account's country on spotify.com, or go online at " +
      "home, then deploy again.",
    retry: "no",
  },
  RATE_LIMITED: {
    cause: "Spotify was asked too often, or the quota of the developer account that owns the app is used up.",
    action: "Ask again after `msg.retryAfter` seconds; until then nothing is sent to Spotify.",
    example: "accounts.spotify.com is asked too often for this client ID. Ask again in 90 s.",
    retry: "wait",
  },
  UNREACHABLE: {
    cause: "There is no connection to Spotify, or Spotify has a problem.",
    action: "Check the network; the connection is tried again by itself.",
    example: "accounts.spotify.com cannot be reached.",
    retry: "yes",
  },
  TIMEOUT: {
    cause: "Spotify did not answer in time, or a pairing code has run out.",
    action: "Check the network, or ask for a new code; the connection is tried again by itself.",
    example: "The code has run out. Ask for a new one.",
    retry: "yes",
  },
  UNTRUSTED_SERVER: {
    cause:
      "What answered is not Spotify: a captive portal, a proxy, a wrong DNS answer. Your credential was not sent.",
    action: "Check the network; the connection is tried again by itself.",
    example:
      "The server that answered is not Spotify's: its signature is wrong. Nothing was sent to it. Check the network (a proxy, a " +
      "captive portal, a wrong DNS answer).",
    retry: "yes",
  },
  PROTOCOL_ERROR: {
    cause: "Spotify answered with something unexpected.",
    action: "It is tried again; if it stays, update this package, or tell us.",
    example: "Spotify could not read the request for a token.",
    retry: "yes",
  },
  INVALID_ARGUMENT: {
    cause: "A scope, a client ID, a source, a credential or a setting cannot be right.",
    action: "Correct it: the message says which it is.",
    example: "A client ID is keymaster, android, ios, or 32 hex digits.",
    retry: "no",
  },
  CLOSED: {
    cause:
      "The account's connection is closed: the flow is being stopped or deployed, or a sign-in was cancelled.",
    action: "Nothing: after the deploy, the new flow asks anew.",
    example: "The account's connection is closed.",
    retry: "no",
  },
  NO_ACTIVE_DEVICE: {
    cause: "Nothing plays, and the command names no device.",
    action: "Name a device in the node or in `msg.device`, or start to play in a Spotify app.",
    example: "No device is active. Name a device, or start to play in a Spotify app.",
    retry: "no",
  },
  DEVICE_NOT_FOUND: {
    cause: "The account has no device of this name at the moment, and it could not be woken.",
    action: "Correct the name (the message lists the devices that are there), or switch the device on.",
    example: "There is no device “Bathroom”. These are there: Kitchen, Study.",
    retry: "yes",
  },
  RESTRICTED: {
    cause: "Spotify or the device declines: the message says why, and `msg.reason` has Spotify's own word.",
    action: "Do what the message says; often, something else must play, or another device.",
    example: "The command “next” is not possible now: what plays does not allow it (for example an advert).",
    retry: "no",
  },
  NOT_CONFIRMED: {
    cause: "Spotify accepted the command, but the effect was not seen in time.",
    action: "See whether the device is on and has a network; allow more time in the node.",
    example:
      "Spotify accepted the command, but Kitchen was not seen to carry it out within 0.2 s. Kitchen plays “Loopback Lullaby”.",
    retry: "yes",
  },
};

/** The words of the table in `docs/errors.md`. */
export const RETRY_WORDS: Readonly<Record<Retry, string>> = {
  no: "no",
  wait: "after `msg.retryAfter` seconds",
  yes: "yes, after a while",
};
