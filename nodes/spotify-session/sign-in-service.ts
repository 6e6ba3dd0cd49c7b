import type { Session } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { raceAbort } from "../../src/async/race-abort";
import { type Attempt, Attempts } from "./attempts";
import { AuthorizationAttempt, PairingAttempt } from "./sign-in-attempts";
import { TooManySignIns } from "./too-many-sign-ins";

/** How long a sign-in waits for its account to be deployed again, ms. A deploy takes seconds. */
const BACK_WITHIN = 60_000;
/** How many sign-ins of an account may be under way: one person has one, and a forgotten one or two. As many are imported at once. */
const MOST_UNDER_WAY = 3;

/** A sign-in with an own app, and the secret for the cookie of the browser that begins it. */
type BegunAuthorization = ReturnType<typeof AuthorizationAttempt.begin>;

/** The account that sign-ins belong to. */
export interface SignInHost {
  /** The account's session, opened if need be; undefined if it cannot be opened. */
  open(): Session | undefined;
  /** A sign-in has ended: open dialogs must ask for its outcome. */
  changed(): void;
}

/**
 * The sign-ins of one account that were begun in the editor. A deploy gives the account a new node and a new session: a
 * sign-in that is under way waits for them and continues.
 */
export class SignInService {
  readonly pairings = new Attempts<PairingAttempt>();
  readonly authorizations = new Attempts<AuthorizationAttempt>();
  readonly #waiting = new Set<() => void>();
  /** How many sign-ins are just being begun, or imported. */
  #beginning = 0;
  #host: SignInHost | undefined;
  /** The host, or the last one while the account is being deployed again. */
  #lastHost: SignInHost | undefined;

  attach(host: SignInHost): void {
    this.#host = this.#lastHost = host;
    for (const goOn of this.#waiting) goOn();
  }

  detach(host: SignInHost): void {
    if (this.#host === host) this.#host = undefined;
  }

  /** Whether there is no account and no sign-in whose outcome a dialog may still ask for. */
  get isIdle(): boolean {
    return !this.#host && this.pairings.isEmpty && this.authorizations.isEmpty;
  }

  /** @throws SpotifyError as `SignIns.beginPairing`; INVALID_ARGUMENT if too many sign-ins are under way */
  beginPairing(): Promise<PairingAttempt> {
    return this.#ifThereIsRoom(() => this.#beginPairing());
  }

  /**
   * @returns the attempt, and the secret for the cookie of the browser that begins it
   * @throws SpotifyError as `SignIns.beginAuthorization`; INVALID_ARGUMENT if too many sign-ins are under way
   */
  beginAuthorization(clientId: string, scopes: string[], redirectUri: string): Promise<BegunAuthorization> {
    return this.#ifThereIsRoom(() => this.#beginAuthorization(clientId, scopes, redirectUri));
  }

  /** @throws SpotifyError as `SignIns.import`; INVALID_ARGUMENT if too many sign-ins are under way */
  import(text: string): ReturnType<Session["signIns"]["import"]> {
    // It waits for no user, so those that do are not counted.
    return this.#ifThereIsRoom(() => this.#session().signIns.import(text), []);
  }

  async #beginPairing(): Promise<PairingAttempt> {
    const pairing = await this.#session().signIns.beginPairing();
    const attempt = new PairingAttempt(pairing.code, this.#attemptEnded);
    this.pairings.add(attempt);
    const { signal } = attempt;
    void attempt.follow(this.#through(({ signIns }) => signIns.finishPairing(pairing, signal), signal));
    return attempt;
  }

  async #beginAuthorization(
    clientId: string,
    scopes: string[],
    redirectUri: string,
  ): Promise<BegunAuthorization> {
    const { signIns } = this.#session();
    await signIns.ready();
    const authorization = signIns.beginAuthorization(clientId, scopes, redirectUri);
    const begun = AuthorizationAttempt.begin(
      authorization,
      (address, signal) =>
        this.#through(
          (session) => session.signIns.finishAuthorization(authorization, address, signal),
          signal,
        ),
      this.#attemptEnded,
    );
    this.authorizations.add(begun.attempt);
    return begun;
  }

  /** Ends all that is under way. */
  end(reason: SpotifyError): void {
    for (const attempt of [...this.pairings.all(), ...this.authorizations.all()]) attempt.cancel(reason);
  }

  /** A new sign-in never ends one that is under way: another person may have begun it. */
  async #ifThereIsRoom<Begun>(begin: () => Promise<Begun>, underWay = this.#underWay()): Promise<Begun> {
    if (underWay.length + this.#beginning >= MOST_UNDER_WAY) throw new TooManySignIns(underWay);
    this.#beginning++;
    try {
      return await begin();
    } finally {
      this.#beginning--;
    }
  }

  #underWay(): Attempt[] {
    return [...this.pairings.waiting(), ...this.authorizations.waiting()];
  }

  readonly #attemptEnded = (): void => this.#lastHost?.changed();

  /** Does something with the account's session, and again with the next one if the session is closed meanwhile. */
  async #through<Result>(
    action: (session: Session) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    for (;;) {
      await this.#attached(signal);
      const session = this.#session();
      try {
        return await action(session);
      } catch (error) {
        const isClosed = error instanceof SpotifyError && error.code === "CLOSED" && !signal.aborted;
        // If the closed session is still there, trying again would never end.
        if (!isClosed || this.#host?.open() === session) throw error;
      }
    }
  }

  #session(): Session {
    const session = this.#host?.open();
    if (session) return session;
    throw new SpotifyError("INVALID_ARGUMENT", "The account cannot be opened: look at its settings.");
  }

  async #attached(signal: AbortSignal): Promise<void> {
    if (this.#host) return;
    let goOn = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const attached = new Promise<void>((resolve, reject) => {
      goOn = resolve;
      timer = setTimeout(() => reject(gone()), BACK_WITHIN);
      // The timer must not keep Node-RED from stopping.
      timer.unref();
    });
    this.#waiting.add(goOn);
    try {
      await raceAbort(signal, attached);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(goOn);
    }
  }
}

function gone(): SpotifyError {
  return new SpotifyError("CLOSED", "The account was disabled or deleted while you signed in.");
}
