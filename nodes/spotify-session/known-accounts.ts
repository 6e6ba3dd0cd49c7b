import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TemporaryFiles } from "../../src/store/temporary-files";
import { isSamePlace, type FlowsPlace } from "./flows-place";

const FILE = ".accounts";
/** How many flows that have had an account are remembered: the latest ones. */
const MAX_CLAIMS = 64;

/** Flows that have had an account. */
export interface Claim extends FlowsPlace {
  /** How many hours these flows have run without the account. */
  hours: number;
}

/** An account that has run in this user directory. */
export interface KnownAccount {
  id: string;
  /** Its ID in the template, if it is in a subflow. */
  alias?: string | undefined;
  name?: string | undefined;
  /** Each of the flows that have it. Two projects may have the same account, if one is a copy of the other. */
  claims: Claim[];
  /** When its state was written last, as the disk says, since the account is missing. */
  writtenAt?: number | undefined;
}

/**
 * The accounts that have run in a user directory, and in which flows: this tells an account that was removed while
 * Node-RED was stopped from one of flows that do not run now. Nothing in it is secret.
 */
export class KnownAccounts {
  readonly #folder: string;
  readonly #accounts: Map<string, KnownAccount>;
  readonly #before: string;

  private constructor(folder: string, accounts: readonly KnownAccount[]) {
    this.#folder = folder;
    this.#accounts = new Map(accounts.map((account) => [account.id, account]));
    this.#before = this.#text();
  }

  /** Never rejects: what cannot be read is not known, and the state of an unknown account is kept. */
  static async read(folder: string): Promise<KnownAccounts> {
    const text = await readFile(join(folder, FILE), "utf8").catch(() => "[]");
    return new KnownAccounts(folder, parse(text));
  }

  all(): KnownAccount[] {
    return [...this.#accounts.values()];
  }

  get(id: string): KnownAccount | undefined {
    return this.#accounts.get(id);
  }

  /** These flows have the account. */
  claim({ id, alias, name }: Omit<KnownAccount, "claims">, { file, branch }: FlowsPlace): void {
    const others = this.#accounts.get(id)?.claims.filter((one) => !isSamePlace(one, { file, branch })) ?? [];
    this.#accounts.set(id, {
      id,
      alias,
      name,
      claims: [...others.slice(1 - MAX_CLAIMS), { file, branch, hours: 0 }],
    });
  }

  forget(id: string): void {
    this.#accounts.delete(id);
  }

  /** Stores what has changed. Never rejects: if it cannot be stored, the hours are counted anew. */
  async write(): Promise<void> {
    const text = this.#text();
    if (text === this.#before) return;
    const path = join(this.#folder, FILE);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await new TemporaryFiles(path).replace(path, text);
    } catch {
      // See above.
    }
  }

  #text(): string {
    return `${JSON.stringify(this.all(), undefined, 1)}\n`;
  }
}

function parse(text: string): KnownAccount[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.flatMap(parseAccount) : [];
  } catch {
    return [];
  }
}

function parseAccount(value: unknown): KnownAccount[] {
  const { id, alias, name, claims, writtenAt } = (value ?? {}) as Partial<
    Record<keyof KnownAccount, unknown>
  >;
  if (typeof id !== "string" || !Array.isArray(claims)) return [];
  const account = {
    id,
    alias: typeof alias === "string" ? alias : undefined,
    name: typeof name === "string" ? name : undefined,
    claims: claims.flatMap(parseClaim),
    writtenAt: typeof writtenAt === "number" ? writtenAt : undefined,
  };
  // Of a claim that cannot be read it is not known whose it is: the account counts as unknown, and is kept.
  return account.claims.length === claims.length && claims.length > 0 ? [account] : [];
}

function parseClaim(value: unknown): Claim[] {
  const { file, branch, hours } = (value ?? {}) as Partial<Record<keyof Claim, unknown>>;
  if (typeof file !== "string" || typeof branch !== "string") return [];
  return Number.isInteger(hours) && (hours as number) >= 0 ? [{ file, branch, hours: hours as number }] : [];
}
