import { grantEnds, type Grant } from "./grant";

/** A sign-in that will be over soon. */
export interface SignInExpiring {
  clientId: string;
  /** When it is over, ms since the epoch. */
  until: number;
  /** Whole days left. */
  daysLeft: number;
}

const DAY = 86_400_000;
/** The days before the end on which the user is told. */
const NOTICE_DAYS: readonly number[] = [30, 7];
const INTERVAL = 6 * 3_600_000;

/** Tells ahead of time that a sign-in will be over, 30 and 7 days before: once each, and again after a restart. */
export class ExpiryWatch {
  readonly #grants: () => readonly Grant[];
  readonly #tell: (expiring: SignInExpiring) => void;
  /** The shortest notice that was given of each sign-in. */
  readonly #told = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(grants: () => readonly Grant[], tell: (expiring: SignInExpiring) => void) {
    this.#grants = grants;
    this.#tell = tell;
    this.#timer = setInterval(() => this.look(), INTERVAL);
    this.#timer.unref();
  }

  /** Looks at every sign-in now. */
  look(): void {
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
