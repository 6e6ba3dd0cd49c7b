/** Three Node-REDs that share an account over one Redis, and the Spotify that they ask. */
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
  /** How many own apps the account is to be signed in with. */
  apps?: number;
  policy?: Partial<Policy>;
  /** Settings that a Node-RED has of its own, by its place among the three. */
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
  readonly #folder: string;

  private constructor(
    parts: Pick<Household, "redis" | "spotify" | "reports" | "members" | "apps">,
    folder: string,
  ) {
    this.redis = parts.redis;
    this.spotify = parts.spotify;
    this.reports = parts.reports;
    this.members = parts.members;
    this.apps = parts.apps;
    this.people = new People(parts.spotify);
    this.#folder = folder;
  }

  /** Makes everything, and starts no Node-RED. */
  static async open({ apps: count = 0, policy = {}, own = [] }: HouseholdOptions = {}): Promise<Household> {
    const folder = await mkdtemp(join(tmpdir(), "spotify-household-"));
    const redis = await RedisServer.start();
    const reports = await TokenReports.start();
    const spotify = await startSimulatedSpotify(folder, { policy: { deviceInterval: 1, ...policy } });
    const { simulator } = spotify;
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
    const members = await Promise.all(
      NAMES.map((name, index) => Member.make(name, join(folder, name), common, own[index])),
    );
    return new Household({ redis, spotify, reports, members, apps }, folder);
  }

  get running(): Member[] {
    return this.members.filter(({ isRunning }) => isRunning);
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()));
    await this.spotify.simulator.close();
    await this.reports.close();
    await this.redis.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
