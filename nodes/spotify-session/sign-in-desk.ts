import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "../../src";
import { Attempt, Attempts, type AttemptState } from "./attempts";

/** A sign-in with an own app: it ends when the browser comes back, in the browser that began it, or by a pasted address. */
export class AuthorizationAttempt extends Attempt {
  readonly url: string;
  readonly expiresAt: number;
  /** Binds the callback to the browser that began: a cookie of it, of which only a hash is kept here. */
  readonly #browserHash: Buffer;
  readonly #authorization: ReturnType<Session["signIns"]["beginAuthorization"]>;
  readonly #session: Session;
  #finishing: Promise<void> | undefined;

  constructor(
    session: Session,
    authorization: ReturnType<Session["signIns"]["beginAuthorization"]>,
    browser: string,
  ) {
    super();
    this.#session = session;
    this.#authorization = authorization;
    this.#browserHash = hash(browser);
    this.url = authorization.url;
    this.expiresAt = authorization.expiresAt;
  }

  /** Whether the browser came back with the state of this one. */
  matches(address: string): boolean {
    return this.#authorization.matches(address);
  }

  isOf(browser: string): boolean {
    return timingSafeEqual(hash(browser), this.#browserHash);
  }

  /** Ends it with the address that the browser came back to, the first time. Never rejects: see `state`. */
  async finish(address: string): Promise<AttemptState> {
    const { signIns } = this.#session;
    this.#finishing ??= this.follow(signIns.finishAuthorization(this.#authorization, address, this.signal));
    await this.#finishing;
    return this.state;
  }
}

/** A pairing that waits for its code to be typed. */
export class PairingAttempt extends Attempt {
  constructor(readonly code: Awaited<ReturnType<Session["signIns"]["beginPairing"]>>["code"]) {
    super();
  }
}

/** The sign-ins that are under way in one session, begun in the editor. */
export class SignInDesk {
  readonly pairings = new Attempts<PairingAttempt>();
  readonly authorizations = new Attempts<AuthorizationAttempt>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @throws SpotifyError as `SignIns.beginPairing` */
  async beginPairing(): Promise<PairingAttempt> {
    const pairing = await this.#session.signIns.beginPairing();
    const attempt = new PairingAttempt(pairing.code);
    this.pairings.add(attempt);
    void attempt.follow(this.#session.signIns.finishPairing(pairing, attempt.signal));
    return attempt;
  }

  /**
   * @returns the attempt, and the secret for the cookie of the browser that begins it
   * @throws SpotifyError as `SignIns.beginAuthorization`
   */
  beginAuthorization(
    clientId: string,
    scopes: string[],
    redirectUri: string,
  ): { attempt: AuthorizationAttempt; browser: string } {
    const browser = randomBytes(24).toString("base64url");
    const authorization = this.#session.signIns.beginAuthorization(clientId, scopes, redirectUri);
    const attempt = new AuthorizationAttempt(this.#session, authorization, browser);
    this.authorizations.add(attempt);
    return { attempt, browser };
  }

  close(): void {
    this.pairings.clear();
    this.authorizations.clear();
  }
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
