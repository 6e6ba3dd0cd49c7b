/** What all servers of one simulator share. */
import type { Accounts } from "./accounts";
import type { Apps } from "./apps";
import type { Connection } from "./connection";
import type { Faults } from "./faults";
import type { SigningKeys } from "./handshake";
import type { Journal } from "./journal";
import type { Policy } from "./policy";

export interface Backend {
  readonly accounts: Accounts;
  readonly apps: Apps;
  readonly policy: Policy;
  readonly faults: Faults;
  readonly journal: Journal<Connection>;
  readonly keys: SigningKeys;
  /** Milliseconds that a round trip takes, on every socket. */
  readonly roundTrip: number;
}
