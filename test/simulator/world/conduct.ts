/** What a device does with a command that it is sent, beside carrying it out. Each can be changed at any time. */
export interface Conduct {
  /** It declines every command with these words. */
  declines?: { code: string; description: string; reasons: readonly string[] };
  /** It carries a command out after this time, ms; the answer comes at once. */
  slow?: number;
  /** Commands are accepted, and nothing follows. */
  isDeaf?: boolean;
  /** It leaves Spotify as the next command comes. */
  vanishes?: boolean;
  /** It carries out so many commands whose answers are lost: the connection is reset. */
  losesAnswers?: number;
  /** Spotify's server answers so many commands 502, and hands them on to the device, or does not. */
  serverErrors?: { times: number; carriesOut: boolean };
  /** How many transfers it needs until it becomes active, as an Amazon Echo does. */
  transfersNeeded?: number;
  /** It comes back to Spotify so long after somebody has woken the account's devices, ms; absent: it does not. */
  wakesAfter?: number;
  /** What it does not take from the command `play`. */
  ignores?: readonly ("shuffle" | "repeat" | "position")[];
  /** It does not know the command `set_options`. */
  lacksSetOptions?: boolean;
}
