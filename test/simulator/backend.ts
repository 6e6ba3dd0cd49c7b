/** What all servers of one simulator share. */
import type { Accounts } from "./world/accounts";
import type { Apps } from "./world/apps";
import type { ClientTokens } from "./login5/client-tokens";
import type { Connection } from "./access-point/connection";
import type { Faults } from "./faults";
import type { SigningKeys } from "./access-point/handshake";
import type { Journal } from "./journal";
import type { Policy } from "./world/policy";
import type { Secrets } from "./secrets";

export interface Backend {
  readonly accounts: Accounts;
  readonly apps: Apps;
  readonly clientTokens: ClientTokens;
  readonly passedSecrets: Secrets;
  /** Login5 tokens of official apps: faults do not apply to them, and their requests are not counted. */
  readonly officialTokens: ReadonlySet<string>;
  readonly policy: Policy;
  readonly faults: Faults;
  readonly journal: Journal<Connection>;
  readonly keys: SigningKeys;
  /** Milliseconds of a round trip, on every socket. */
  readonly roundTrip: number;
}
