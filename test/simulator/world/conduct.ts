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

/** What a service answers a command, by what the device does with it. */
export interface ConductAnswers<Answer> {
  /** The device has just left. */
  gone: Answer;
  serverError: Answer;
  declined: (why: NonNullable<Conduct["declines"]>) => Answer;
  /** The connection is reset in place of an answer. */
  lost: Answer;
}

/**
 * Has a device carry a command out, as its conduct says.
 * @param disconnect has the device leave Spotify
 * @param act is called now, later, or never
 * @param answers what is answered if the conduct has its own; else what `act` answers, or `done` if it has not been called
 */
export function conducted<Answer>(
  { conduct, disconnect }: { conduct: Conduct; disconnect: () => void },
  later: (delay: number, action: () => void) => void,
  act: () => Answer,
  { gone, serverError, declined, lost }: ConductAnswers<Answer>,
  done: Answer,
): Answer {
  if (conduct.vanishes === true) {
    conduct.vanishes = false;
    disconnect();
    return gone;
  }
  const { serverErrors } = conduct;
  const hasServerError = serverErrors !== undefined && serverErrors.times > 0;
  if (hasServerError) serverErrors.times -= 1;
  if (hasServerError && !serverErrors.carriesOut) return serverError;
  if (conduct.declines) return declined(conduct.declines);
  let answer = done;
  if (conduct.isDeaf !== true) {
    if (conduct.slow === undefined) answer = act();
    else later(conduct.slow, act);
  }
  if (hasServerError) return serverError;
  if (conduct.losesAnswers === undefined || conduct.losesAnswers <= 0) return answer;
  conduct.losesAnswers -= 1;
  return lost;
}
