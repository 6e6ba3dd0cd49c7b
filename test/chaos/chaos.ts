/**
 * Three Node-REDs that share an account are killed repeatedly while they refresh, pair and sign out; their store is
 * killed, paused and filled up. Counts the sign-ins that get lost.
 */
import { once } from "node:events";
import type { Randomness } from "../support/randomness";
import { foundIn } from "../installed/secrets";
import { Circumstances } from "./circumstances";
import { KEYMASTER_CLIENT_ID } from "./flow";
import { Household } from "./household";
import { KeymasterLedger } from "./keymaster-ledger";
import type { Member } from "./member";
import { bringAbout, chooseMoment, pause, type Aftermath, type MomentName } from "./moments";
import { suffer, type OutageName } from "./outages";
import { PAIRED } from "./people";
import { RefreshLedger, type Cause, type Reuse } from "./refresh-ledger";
import type { Tally } from "./tally";

export interface ChaosOptions {
  kills: number;
  /** How often each outage happens to the store. */
  outages: Record<OutageName, number>;
  random: Randomness;
  /** Called with a line for each event. */
  log?: (line: string) => void;
}

const APPS = 12;
/** How long tokens live, in seconds. The last minute is not used, so an app is refreshed every two seconds. */
const TOKEN_LIFE = 62;
const UNUSED = 60;
/** At least this many Node-REDs must run when the next one is killed, so that one is left. */
const AT_LEAST_RUNNING = 2;
/** Between two kills: the most refreshes to wait for, and the longest time to wait for them, ms. */
const MOST_CALM = 15;
const CALM_FOR = 2_500;
/**
 * How often an action is repeated if a kill or an outage prevents it, and the wait before that, ms. Kills hit refreshes
 * and delay those of the same app for 13 s. It has taken a minute until a lost grant was noticed.
 */
const TRIES = 360;
const AGAIN_AFTER = 500;

export class Chaos {
  readonly #household: Household;
  readonly #options: ChaosOptions;
  readonly #random: Randomness;
  readonly #refreshes: RefreshLedger;
  readonly #circumstances = new Circumstances();
  readonly #keymaster = new KeymasterLedger(this.#circumstances, (TOKEN_LIFE - UNUSED) * 1000);
  /** Node-REDs that are being started again. */
  readonly #restarts = new Map<Member, Promise<void>>();
  /** Reuses of a refresh token after which a grant may be lost. */
  readonly #toLookAfter: Reuse[] = [];
  /** Grants that were lost. */
  readonly #lost: Record<Cause, number> = { killed: 0, storeAway: 0, mistake: 0 };
  #repairing: Promise<void> | undefined;
  /** The first failure of the actions that run beside the kills. */
  #failure: unknown;
  readonly #kills = new Map<MomentName, number>();
  readonly #outages = new Map<OutageName, number>();
  #resurrected = 0;

  private constructor(household: Household, options: ChaosOptions) {
    this.#household = household;
    this.#options = options;
    this.#random = options.random;
    const wasHandedOut = (accessToken: string): boolean => household.reports.has(accessToken);
    this.#refreshes = new RefreshLedger(this.#circumstances, wasHandedOut);
  }

  /** @throws an Error if the household does not recover */
  static async run(options: ChaosOptions): Promise<Tally> {
    // `expires_in` is a whole number, rounded down.
    const policy = { oauthTokenLifetime: TOKEN_LIFE + 0.9, tokenLifetime: TOKEN_LIFE };
    const household = await Household.open({ apps: APPS, policy });
    const chaos = new Chaos(household, options);
    try {
      await chaos.#begin();
      await chaos.#rage();
      return await chaos.#end();
    } finally {
      await Promise.allSettled(chaos.#restarts.values());
      await household.close();
    }
  }

  /** Starts all Node-REDs, and waits until they give tokens of every kind. */
  async #begin(): Promise<void> {
    const { members, people, spotify, apps } = this.#household;
    this.#refreshes.on("reused", (reuse) => this.#lookAfter(reuse));
    for (const { relay } of members) relay.on("answered", (exchange) => this.#refreshes.answered(exchange));
    spotify.simulator.on("keymaster", (record) => this.#log(this.#keymaster.asked(record)));

    const known = new Set<string>();
    for (const member of members) {
      await this.#start(member);
      if (member === members[0]) {
        await people.pair(member);
        for (const { clientId } of apps) await people.signIn(member, clientId);
      }
      // One after another, so that each new device is known to belong to the Node-RED that was just started.
      const isNew = ({ deviceId, ok }: { deviceId: string; ok: boolean }): boolean =>
        ok && !known.has(deviceId);
      const { logins } = spotify.simulator.stats;
      await spotify.simulator.waitFor(() => logins.some(isNew), 30_000);
      const { deviceId } = logins.find(isNew)!;
      known.add(deviceId);
      this.#keymaster.isDevice(deviceId, member.name);
      this.#log(`${member.name} runs`);
    }
    await this.#everybodyGivesTokens();
  }

  async #rage(): Promise<void> {
    const { kills, outages } = this.#options;
    const plan = this.#random.shuffled(
      Object.entries(outages).flatMap(([name, count]) =>
        Array.from({ length: count }, () => name as OutageName),
      ),
    );
    let outage: Promise<void> = Promise.resolve();
    for (let count = 0, begun = 0; count < kills; count++) {
      this.#check();
      // Outages are spread over the run; each ends before the next begins.
      for (; begun < plan.length && begun <= ((count + 0.5) / kills) * plan.length - 0.5; begun++) {
        const name = plan[begun]!;
        outage = outage.then(() => this.#suffer(name)).catch((error: unknown) => this.#failed(error));
      }
      await this.#killOne();
    }
    await outage;
    this.#check();
  }

  async #suffer(name: OutageName): Promise<void> {
    this.#outages.set(name, (this.#outages.get(name) ?? 0) + 1);
    this.#log(`the store is ${name}`);
    await suffer(name, this.#household.redis, this.#random, () => this.#circumstances.storeAway());
    this.#log("the store is back");
  }

  async #killOne(): Promise<void> {
    await this.#untilRunning(AT_LEAST_RUNNING);
    await this.#calm(this.#random.below(MOST_CALM));
    const name = chooseMoment(this.#random);
    const changesPairing = name === "pairing" || name === "sign-out";
    if (changesPairing) this.#keymaster.forget();
    const { member, after } = await bringAbout(name, this.#household, this.#random);
    this.#kill(member);
    this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    this.#log(`${member.name} is killed (${name})`);
    if (after) await this.#tidyUp(await after());
    if (changesPairing) this.#keymaster.forget();
  }

  /** Waits for this number of refreshes. The lease of a killed Node-RED delays them for a while. */
  async #calm(refreshes: number): Promise<void> {
    const until = this.#refreshes.refreshes + refreshes;
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), CALM_FOR);
    try {
      while (this.#refreshes.refreshes < until) await once(this.#refreshes, "refreshed", enough);
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Kills a Node-RED, and starts it again in the background. */
  #kill(member: Member): void {
    this.#circumstances.killed(member.name);
    const restarted = member
      .kill()
      .then(() => this.#start(member))
      .then(() => this.#log(`${member.name} runs again`))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#restarts.delete(member));
    this.#restarts.set(member, restarted);
  }

  async #start(member: Member): Promise<void> {
    this.#circumstances.started(member.name);
    await member.start();
  }

  /** Asks another Node-RED for the outcome, and signs in again if needed. */
  async #tidyUp({ id, isSignedOut }: Aftermath): Promise<void> {
    const { people } = this.#household;
    // While `#repair` runs, it may sign in again, so this check does not apply.
    if (isSignedOut && !this.#repairing) {
      const isGone = async (member: Member): Promise<void> => {
        if ((await people.signIns(member)).some((signIn) => signIn.id === id))
          throw new Error("It is there.");
      };
      await this.#try(`sees that ${id} is signed out`, isGone).catch(() => this.#resurrected++);
    }
    await this.#signIn(id);
  }

  async #signIn(id: string): Promise<void> {
    const { people } = this.#household;
    await this.#try(`signs in with ${id}`, (member) =>
      id === PAIRED ? people.pair(member) : people.signIn(member, id),
    );
  }

  /** Runs the action on a running Node-RED; tries another one if that is killed or the store is unreachable. */
  async #try(what: string, action: (member: Member) => Promise<void>): Promise<void> {
    let last: unknown;
    for (let tries = 0; tries < TRIES; tries++) {
      await this.#untilRunning(1);
      const member = this.#random.pick(this.#household.running);
      try {
        return await action(member);
      } catch (error) {
        last = error;
        await pause(AGAIN_AFTER);
      }
    }
    throw new Error(`Nobody ${what}.`, { cause: last });
  }

  async #untilRunning(atLeast: number): Promise<void> {
    for (;;) {
      this.#check();
      if (this.#household.running.length >= atLeast) return;
      await Promise.race(this.#restarts.values());
    }
  }

  /** A refresh token was used again, and Spotify has refused it. */
  #lookAfter(reuse: Reuse): void {
    this.#log(`a refresh token is used again (${reuse.cause}): ${reuse.story}`);
    this.#toLookAfter.push(reuse);
    this.#repairing ??= this.#repair()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#repairing = undefined));
  }

  /** Signs in again if a grant is lost. It is not if another Node-RED has stored the new refresh token meanwhile. */
  async #repair(): Promise<void> {
    for (let reuse = this.#toLookAfter.shift(); reuse; reuse = this.#toLookAfter.shift()) {
      const { clientId, cause, at } = reuse;
      let isLost = false;
      await this.#try(`knows how the grant of ${clientId} is`, async (member) => {
        if (this.#refreshes.isGivenSince(clientId, at)) return;
        const signIn = (await this.#household.people.signIns(member)).find(({ id }) => id === clientId);
        isLost = signIn?.ended === true;
        if (!isLost) throw new Error("It is neither ended nor refreshed.");
      });
      this.#log(
        `the grant of ${clientId} is ${isLost ? "lost" : "kept"}: known after ${Math.round(performance.now() - at)} ms`,
      );
      if (!isLost) continue;
      this.#lost[cause]++;
      await this.#signIn(clientId);
    }
  }

  async #everybodyGivesTokens(): Promise<void> {
    const { members, reports, apps } = this.#household;
    const since = performance.now();
    const wanted = [
      { source: "keymaster", clientId: KEYMASTER_CLIENT_ID },
      ...apps.map(({ clientId }) => ({ source: "oauth", clientId })),
    ];
    await Promise.all(
      members.flatMap(({ name }) =>
        wanted.map(({ source, clientId }) => reports.next(name, source, clientId, since)),
      ),
    );
  }

  async #end(): Promise<Tally> {
    const { members, people, spotify, reports, apps } = this.#household;
    await Promise.all(this.#restarts.values());
    this.#check();
    this.#log("everybody runs again");
    await this.#everybodyGivesTokens();
    await this.#repairing;
    this.#check();
    const lists = await Promise.all(members.map((member) => people.signIns(member)));
    const isThere = (id: string): boolean =>
      lists.every((list) => list.some((signIn) => signIn.id === id && !signIn.ended));
    const expected = [PAIRED, ...apps.map(({ clientId }) => clientId)];
    const known = lists.map((list) =>
      list
        .map(({ id, since }) => `${id} ${since}`)
        .toSorted()
        .join(),
    );
    const { simulator } = spotify;
    const secrets = [...simulator.secrets, ...simulator.issuedTokens.map(({ accessToken }) => accessToken)];
    const helds = this.#refreshes.reuses.flatMap(({ heldFor }) => heldFor ?? []);
    return {
      seed: this.#random.seed,
      kills: Object.fromEntries(this.#kills),
      outages: Object.fromEntries(this.#outages),
      refreshes: this.#refreshes.refreshes,
      reused: {
        killed: this.#refreshes.count("killed"),
        storeAway: this.#refreshes.count("storeAway"),
        mistake: this.#refreshes.count("mistake"),
      },
      reusedBySpotifysCount: simulator.stats.refreshReuse,
      mistakes: [
        ...this.#refreshes.reuses.filter(({ cause }) => cause === "mistake").map(({ story }) => story),
        ...this.#keymaster.mistakes,
      ],
      longestHeld: Math.round(Math.max(0, ...helds)),
      lost: { ...this.#lost },
      keymaster: { ...this.#keymaster.requests },
      resurrected: this.#resurrected,
      missing: expected.filter((id) => !isThere(id)).length,
      isAgreed: new Set(known).size === 1,
      errors: Object.fromEntries(reports.errors),
      isSecretShown: members.some(({ output }) => foundIn(output, secrets) !== undefined),
    };
  }

  #failed(error: unknown): void {
    this.#failure ??= error;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #log(line: string): void {
    this.#options.log?.(line);
  }
}
