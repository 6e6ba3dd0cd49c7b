import { grantEnds, type Grant } from "./grant";

/** A sign-in that ends soon. */
export interface SignInExpiring {
  clientId: string;
  /** When it ends, ms since the epoch. */
  until: number;
  /** Whole days left. */
  daysLeft: number;
}

const DAY = 86_400_000;
/** How many days before the end the user is told. */
const NOTICE_DAYS: readonly number[] = [30, 7];
const INTERVAL = 6 * 3_600_000;

/** Reports that a sign-in ends soon: once 30 days and once 7 days before, and again after a restart. */
export class ExpiryWatch {
  readonly #grants: () => readonly Grant[];
  readonly #tell: (expiring: SignInExpiring) => void;
  /** The last notice that was given for each sign-in, in days. */
  readonly #told = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(grants: () => readonly Grant[], tell: (expiring: SignInExpiring) => void) {
    this.#grants = grants;
    this.#tell = tell;
    this.#timer = setInterval(() => this.check(), INTERVAL);
    this.#timer.unref();
  }

  /** Checks every sign-in now. */
  check(): void {
    for (const grant of this.#grants()) {
      if (grant.endedAt !== undefined) continue;
      const left = grantEnds(grant) - Date.now();
      const notice = NOTICE_DAYS.findLast((days) => left <= days * DAY);
      const key = `${grant.clientId} ${grant.authorizedAt}`;
      if (left <= 0 || notice === undefined || (this.#told.get(key) ?? Infinity) <= notice) continue;
      this.#told.set(key, notice);
      this.#tell({ clientId: grant.clientId, until: grantEnds(grant), daysLeft: Math.floor(left / DAY) });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
