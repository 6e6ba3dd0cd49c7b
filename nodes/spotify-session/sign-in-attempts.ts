import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Authorization, PairingCode } from "../../src";
import { Attempt, type AttemptState } from "./attempts";

type Finish = (address: string, signal: AbortSignal) => Promise<string | undefined>;

/** A sign-in with an own app: it ends when the browser comes back, in the browser that began it, or by a pasted address. */
export class AuthorizationAttempt extends Attempt {
  readonly url: string;
  /** The hash of a cookie, which binds the callback to the browser that began the sign-in. */
  readonly #browserHash: Buffer;
  readonly #authorization: Authorization;
  readonly #finish: Finish;
  #finishing: Promise<void> | undefined;

  private constructor(authorization: Authorization, browser: string, finish: Finish, ended: () => void) {
    super(authorization.expiresAt, ended);
    this.#authorization = authorization;
    this.#browserHash = hash(browser);
    this.#finish = finish;
    this.url = authorization.url;
  }

  /** @returns the attempt, and the secret for the cookie of the browser that begins it */
  static begin(
    authorization: Authorization,
    finish: Finish,
    ended: () => void,
  ): { attempt: AuthorizationAttempt; browser: string } {
    const browser = randomBytes(24).toString("base64url");
    return { attempt: new AuthorizationAttempt(authorization, browser, finish, ended), browser };
  }

  /** Whether the browser came back with the state of this one. */
  matches(address: string): boolean {
    return this.#authorization.matches(address);
  }

  isOf(browser: string): boolean {
    return timingSafeEqual(hash(browser), this.#browserHash);
  }

  /** Takes the first address that the browser came back to. Never rejects: see `state`. */
  async finish(address: string): Promise<AttemptState> {
    this.#finishing ??= this.follow(this.#finish(address, this.signal));
    await this.#finishing;
    return this.state;
  }
}

/** A pairing that waits for its code to be typed. */
export class PairingAttempt extends Attempt {
  constructor(
    readonly code: PairingCode,
    ended: () => void,
  ) {
    super(code.expiresAt, ended);
  }
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
