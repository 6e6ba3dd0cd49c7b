/** The moments at which a Node-RED is killed: each starts an action, and names the Node-RED that carries it out. */
import type { Randomness } from "../support/randomness";
import type { TokenExchange } from "./accounts-relay";
import type { Household } from "./household";
import type { Member } from "./member";
import { PAIRED } from "./people";

export type MomentName = "any time" | "refresh" | "pairing" | "sign-in" | "sign-out";

/** A moment to kill a Node-RED. */
export interface Moment {
  member: Member;
  /** Present if the people had started an action. Resolves with its outcome. */
  after?: () => Promise<Aftermath>;
}

export interface Aftermath {
  /** The sign-in that may be lost. */
  id: string;
  /** Whether the Node-RED said that it was signed out. */
  isSignedOut: boolean;
}

/** How often each moment is chosen. */
const SHARES: readonly (readonly [MomentName, number])[] = [
  ["any time", 4],
  ["refresh", 8],
  ["pairing", 2],
  ["sign-in", 2],
  ["sign-out", 2],
];
const ALL = SHARES.flatMap(([name, share]) => Array.from({ length: share }, () => name));

/** ms until a moment is given up: there are no refreshes while the store is unreachable. */
const MOST_WAITING = 4_000;

export function chooseMoment(random: Randomness): MomentName {
  return random.pick(ALL);
}

/** Resolves in the middle of the action. */
export async function bringAbout(
  name: MomentName,
  household: Household,
  random: Randomness,
): Promise<Moment> {
  const { people, running, apps } = household;
  const member = random.pick(running);
  switch (name) {
    case "any time":
      await pause(random.below(400));
      return { member: random.pick(household.running) };
    case "refresh": {
      const event = random.pick(["asked", "answered"] as const);
      const exchange = await next(running, event, ({ grantType }) => grantType === "refresh_token");
      // Mostly without a pause, because storing takes only a few milliseconds.
      if (random.chance(0.6)) await pause(random.below(random.pick([5, 50])));
      return { member: running.find((one) => one.name === exchange?.by) ?? member };
    }
    case "pairing": {
      const paired = people.pair(member).catch(() => undefined);
      await next([member], "answered", ({ answer }) => answer?.refreshToken !== undefined);
      await pause(random.below(80));
      return { member, after: () => paired.then(() => ({ id: PAIRED, isSignedOut: false })) };
    }
    case "sign-in": {
      const { clientId } = random.pick(apps);
      const signedIn = people.signIn(member, clientId).catch(() => undefined);
      await next([member], "answered", ({ grantType }) => grantType === "authorization_code");
      await pause(random.below(40));
      return { member, after: () => signedIn.then(() => ({ id: clientId, isSignedOut: false })) };
    }
    case "sign-out": {
      const id = random.chance(0.4) ? PAIRED : random.pick(apps).clientId;
      const signedOut = people.signOut(member, id).then(
        () => true,
        () => false,
      );
      await pause(random.below(40));
      return { member, after: () => signedOut.then((isSignedOut) => ({ id, isSignedOut })) };
    }
  }
}

/** The next exchange of one of these members that is right; undefined if none comes in time. */
function next(
  members: readonly Member[],
  event: "asked" | "answered",
  isRight: (exchange: TokenExchange) => boolean,
): Promise<TokenExchange | undefined> {
  return new Promise((resolve) => {
    const settle = (exchange: TokenExchange | undefined): void => {
      clearTimeout(timer);
      for (const { relay } of members) relay.off(event, listener);
      resolve(exchange);
    };
    const listener = (exchange: TokenExchange): void => {
      if (isRight(exchange)) settle(exchange);
    };
    const timer = setTimeout(() => settle(undefined), MOST_WAITING);
    for (const { relay } of members) relay.on(event, listener);
  });
}

/** This wait only adds randomness: no result depends on its length. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
