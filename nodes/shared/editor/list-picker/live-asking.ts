/** Asks for something as long as it is shown, and again when it has changed. */

/** The pause after an answer, ms. All changes during it cause one question. */
const REST = 2_000;

export interface LiveAsking {
  /** Asks at once, in the place of a question that is under way. */
  begin(): void;
  /** Asks again, because the last answer may be out of date. Does nothing before `begin`. */
  changed(): void;
  end(): void;
}

/**
 * @param ask asks once, and does not reject. It resolves with false if asking again makes no sense until something changes
 * @param every ms after which it is asked again although nothing has changed; undefined: never
 */
export function liveAsking(ask: (signal: AbortSignal) => Promise<boolean>, every?: number): LiveAsking {
  let life: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isUnderWay = false;
  let hasChanged = false;
  let restsUntil = 0;

  async function once(): Promise<void> {
    clearTimeout(timer);
    life?.abort();
    const mine = new AbortController();
    life = mine;
    isUnderWay = true;
    hasChanged = false;
    const goesOn = await ask(mine.signal);
    if (mine.signal.aborted) return;
    isUnderWay = false;
    restsUntil = Date.now() + REST;
    if (hasChanged) plan(REST);
    else if (goesOn && every !== undefined) plan(every);
  }

  function plan(delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void once(), delay);
  }

  return {
    begin: () => void once(),
    changed() {
      if (isUnderWay) hasChanged = true;
      else if (life) plan(Math.max(0, restsUntil - Date.now()));
    },
    end() {
      clearTimeout(timer);
      life?.abort();
      life = undefined;
      isUnderWay = false;
    },
  };
}
