/** A speaker on the local network that an account can be signed in to. */
export interface Receiver {
  /** Its device ID. */
  id: string;
  name: string;
  aliases: readonly string[];
  /** Such as `speaker`. */
  type: string | null;
}

/** The speakers on the local network. */
export interface Receivers {
  /**
   * Those that answer within `limit` ms. Callers at the same time share one search. Never rejects: a network without
   * multicast has none.
   */
  browse(limit: number, signal: AbortSignal): Promise<readonly Receiver[]>;
  /**
   * Signs the account in to one, with the stored credential.
   * @returns why it would not, as a sentence; undefined if it did
   * @throws the abort reason of `signal`
   */
  tap(receiver: Receiver, signal: AbortSignal): Promise<string | undefined>;
}
