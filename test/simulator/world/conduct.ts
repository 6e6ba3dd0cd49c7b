/**
 * What a device does with a command that it is sent, beside carrying it out. All of it composes, and each can be changed at
 * any time. Whatever counts down is counted on both routes together.
 */
export interface Conduct {
  /** It declines every command with these words. */
  declines?: Declined;
  /** It carries a command out after this time, ms; the answer comes at once. A function is asked for each command. */
  slow?: number | (() => number);
  /** Commands are accepted, and nothing follows. */
  isDeaf?: boolean;
  /** It leaves Spotify as the next command comes. */
  vanishes?: boolean;
  /** It carries out so many commands whose answers are lost: the connection is reset. */
  losesAnswers?: number;
  /** Spotify's server answers so many commands 502, and hands them on to the device, or does not. */
  serverErrors?: { times: number; carriesOut: boolean };
  /** The push with what a command has changed does not repeat its `ack_id`; a later one does, after so many ms, or none. */
  acksAfter?: number | "never";
  /**
   * How many transfers it needs until it becomes active, as an Amazon Echo does; until then it ignores other commands.
   * Source: SpotifyWebApiPython, which repeats the transfer.
   */
  transfersNeeded?: number;
  /** It comes back to Spotify so long after somebody has woken the account's devices, ms; absent: it does not. */
  wakesAfter?: number;
  /** The Web API knows it only so long after it has come to Spotify, ms. Source: spotcast#572. */
  webApiKnowsAfter?: number;
  /** What it does not take from the command `play`. */
  ignores?: readonly ("shuffle" | "repeat" | "position")[];
  /** It does not know the command `set_options`. */
  lacksSetOptions?: boolean;
}

/** In the words of a player: a ContextPlayerError, and reasons as in its restrictions. */
export interface Declined {
  code: string;
  description: string;
  reasons: readonly string[];
}
