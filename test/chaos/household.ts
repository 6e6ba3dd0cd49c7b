/** Three Node-REDs that share an account over one Redis, and the Spotify that they use. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulatedSpotify, type SimulatedSpotify } from "../../scripts/simulated-spotify";
import type { App, Policy } from "../simulator";
import { RedisServer } from "../support/redis-server";
import { householdFlow } from "./flow";
import { Member } from "./member";
import { People } from "./people";
import { TokenReports } from "./token-reports";

export interface HouseholdOptions {
  /** With how many of the user's own apps the account is signed in. */
  apps?: number;
  policy?: Partial<Policy>;
  /** Settings of a single Node-RED, by its position among the three. */
  own?: readonly Record<string, unknown>[];
}

const NAMES = ["attic", "kitchen", "cellar"];
const CALLBACK = "http://127.0.0.1/spotify-session/callback";

export class Household {
  readonly redis: RedisServer;
  readonly spotify: SimulatedSpotify;
  readonly reports: TokenReports;
  readonly members: readonly Member[];
  readonly apps: readonly App[];
  readonly people: People;
  readonly #ends: readonly (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<Household, "redis" | "spotify" | "reports" | "members" | "apps">,
    ends: readonly (() => Promise<unknown>)[],
  ) {
    this.redis = parts.redis;
    this.spotify = parts.spotify;
    this.reports = parts.reports;
    this.members = parts.members;
    this.apps = parts.apps;
    this.people = new People(parts.spotify);
    this.#ends = ends;
  }

  /** Creates everything, and starts no Node-RED. */
  static async open({ apps: count = 0, policy = {}, own = [] }: HouseholdOptions = {}): Promise<Household> {
    const folder = await mkdtemp(join(tmpdir(), "spotify-household-"));
    const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      const redis = await RedisServer.start();
      ends.push(() => redis.close());
      const reports = await TokenReports.start();
      ends.push(() => reports.close());
      const spotify = await startSimulatedSpotify(folder, { policy: { deviceInterval: 1, ...policy } });
      const { simulator } = spotify;
      ends.push(() => simulator.close());
      const apps = Array.from({ length: count }, (_, index) =>
        simulator.addApp({ name: `App ${index}`, redirectUris: [CALLBACK] }),
      );
      const clientIds = apps.map(({ clientId }) => clientId);
      const common = {
        accounts: simulator.endpoints.accounts,
        settings: spotify.settings,
        env: spotify.env,
        flow: householdFlow(clientIds, reports.port),
        store: { url: redis.url, secret: "a secret that all instances know" },
      };
      const members: Member[] = [];
      for (const [index, name] of NAMES.entries()) {
        const member = await Member.make(name, join(folder, name), common, own[index]);
        members.push(member);
        ends.push(() => member.close());
      }
      return new Household({ redis, spotify, reports, members, apps }, ends);
    } catch (error) {
      await end(ends);
      throw error;
    }
  }

  get running(): Member[] {
    return this.members.filter(({ isRunning }) => isRunning);
  }

  close(): Promise<void> {
    return end(this.#ends);
  }
}

/** In reverse order of the start. */
async function end(ends: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const one of ends.toReversed()) await one();
}
