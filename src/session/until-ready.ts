import { LoginFailure } from "../access-point/login-failure";
import { SpotifyError } from "../core/errors";
import type { LifeCycle, StateChange } from "./life-cycle";

/**
 * Waits until a session is ready.
 *
 * @param timeout ms
 * @throws SpotifyError: what ended the session; UNTRUSTED_SERVER and a refused login, at once; the last failure, or
 *   TIMEOUT, when the time is over; CLOSED
 */
export function untilReady(lifeCycle: LifeCycle, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      lifeCycle.off("state", onState);
      lifeCycle.off("trouble", onTrouble);
      action();
    };
    const fail = (error: SpotifyError | undefined): void =>
      settle(() => reject(error ?? new SpotifyError("TIMEOUT", "Spotify did not answer in time.")));
    const onState = ({ state, error }: StateChange): void => {
      if (state === "ready") settle(resolve);
      else if (state === "closed")
        fail(error ?? new SpotifyError("CLOSED", "The account's connection is closed."));
    };
    const onTrouble = (error: SpotifyError): void => {
      if (error.code === "UNTRUSTED_SERVER" || error instanceof LoginFailure) fail(error);
    };
    const timer = setTimeout(() => fail(lifeCycle.error), timeout);
    lifeCycle.on("state", onState);
    lifeCycle.on("trouble", onTrouble);
  });
}
