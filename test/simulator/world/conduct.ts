/**
 * How a device treats a command, besides carrying it out. All parts can be combined, and changed at
 * any time. Counters apply to both routes together.
 */
export interface Conduct {
  /** It declines every command with this reason. */
  declines?: Declined;
  /** It carries a command out after this time, ms; the answer comes at once. A function is asked for each command. */
  slow?: number | (() => number);
  /** Commands are accepted, but have no effect. */
  isDeaf?: boolean;
  /** It leaves Spotify when the next command comes. */
  vanishes?: boolean;
  /** It carries out this many commands whose answers are lost: the connection is reset. */
  losesAnswers?: number;
  /** Spotify's server answers this many commands with 502, and forwards them to the device, or does not. */
  serverErrors?: { times: number; carriesOut: boolean };
  /** The push about a command's changes does not repeat its `ack_id`; a later one does, after this many ms, or none. */
  acksAfter?: number | "never";
  /**
   * How many transfers it needs until it becomes active, as an Amazon Echo does; until then it ignores other commands.
   * Source: SpotifyWebApiPython, which repeats the transfer.
   */
  transfersNeeded?: number;
  /** It comes back to Spotify this long after the account's devices are woken, ms; if absent, it does not. */
  wakesAfter?: number;
  /** The Web API knows it only this long after it has come to Spotify, ms. Source: spotcast#572. */
  webApiKnowsAfter?: number;
  /** The parts of the command `play` that it ignores. */
  ignores?: readonly ("shuffle" | "repeat" | "position")[];
  /** It does not know the command `set_options`. */
  lacksSetOptions?: boolean;
}

/** In the form of a player: a ContextPlayerError, and reasons as in its restrictions. */
export interface Declined {
  code: string;
  description: string;
  reasons: readonly string[];
}
