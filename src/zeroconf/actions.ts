import { DiffieHellman } from "../access-point/diffie-hellman";
import type { LogLevel } from "../async/limited-log";
import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { answer, Refusal, type Answer, type OutcomeName } from "./answer";
import { getInfo } from "./get-info";
import { displayName } from "./names";
import { readTap, type Tap } from "./tap";
import { TapQueue } from "./tap-queue";

/** The device that the actions are about, and what they do to its session. */
export interface ActionsOptions {
  deviceId: () => string;
  deviceName: string;
  clientId: () => string;
  activeUser: () => string | undefined;
  onTap: (tap: Tap, signal: AbortSignal) => Promise<void>;
  onReset: () => Promise<void>;
  /** @param kind anyone on the LAN can cause these lines: they are bounded for each kind */
  log: (level: LogLevel, message: string, kind: LineKind) => void;
}

/** What a line of the log is about. */
export type LineKind = "tap" | "refused" | "visibility";

/** A request to the device's path. */
export interface ZeroconfRequest {
  method: string;
  query: URLSearchParams;
  /** The fields of a POST. */
  fields: URLSearchParams;
}

const METHODS = { getInfo: "GET", addUser: "POST", resetUsers: "POST" } as const;
type Action = keyof typeof METHODS;

/** Numbers of the Embedded SDK's `SpError`. */
const SP_ERRORS: Partial<Record<SpotifyErrorCode, number>> = {
  BAD_CREDENTIALS: 8, // kSpErrorLoginBadCredentials
  PREMIUM_REQUIRED: 9, // kSpErrorNeedsPremium
  TRAVEL_RESTRICTION: 10, // kSpErrorTravelRestriction
  // A tap of another account fails as one that Spotify refuses: the answer must not tell whose device this is.
  INVALID_ARGUMENT: 8,
  REQUEST_REFUSED: 12, // kSpErrorGeneralLoginError
  RATE_LIMITED: 15, // kSpErrorAPIRateLimited
  TIMEOUT: 18, // kSpErrorTryAgain
  UNREACHABLE: 18,
  UNTRUSTED_SERVER: 18,
};
const GENERAL_LOGIN_ERROR = 12;
/** Codes of logins that could not be tried. */
const NOT_TRIED = new Set<SpotifyErrorCode>([
  "UNREACHABLE",
  "UNTRUSTED_SERVER",
  "TIMEOUT",
  "RATE_LIMITED",
  "CLOSED",
]);

/** Answers the three actions of the ZeroConf API, and refuses all other requests. Never throws. */
export class ZeroconfActions {
  readonly #options: ActionsOptions;
  readonly #queue: TapQueue;
  /**
   * The same key while the device is visible, as in librespot: an app reads it with getInfo when it finds the device, and
   * the user may tap much later.
   */
  readonly #keys = new DiffieHellman();

  constructor(options: ActionsOptions, closing: AbortSignal) {
    this.#options = options;
    this.#queue = new TapQueue(closing);
  }

  async answer({ method, query, fields }: ZeroconfRequest): Promise<Answer> {
    const name = fields.get("action") ?? query.get("action") ?? "";
    if (name === "") return answer("missingAction");
    if (!isAction(name)) return answer("invalidAction");
    if (METHODS[name] !== method) return { ...answer("invalidAction"), http: 405, allow: METHODS[name] };
    try {
      switch (name) {
        case "getInfo":
          return this.#getInfo();
        case "addUser":
          return await this.#addUser(fields);
        case "resetUsers":
          return await this.#resetUsers();
      }
    } catch (error) {
      return this.#refused(name, error);
    }
  }

  #getInfo(): Answer {
    const { deviceId, deviceName, clientId } = this.#options;
    return getInfo({
      deviceId: deviceId(),
      deviceName: displayName(deviceName),
      clientId: clientId(),
      publicKey: this.#keys.publicKey,
    });
  }

  async #addUser(fields: URLSearchParams): Promise<Answer> {
    const tap = readTap(fields, this.#keys, this.#options.deviceId());
    this.#options.log("debug", `A tap from ${tap.deviceName ?? "an app without a name"}.`, "tap");
    await this.#queue.run((signal) => this.#options.onTap(tap, signal));
    return answer("ok");
  }

  async #resetUsers(): Promise<Answer> {
    // Spotify's page: "the currently logged in user (if any)". Without one, there is nothing to do.
    if (this.#options.activeUser() !== undefined) await this.#queue.run(() => this.#options.onReset());
    return answer("ok");
  }

  #refused(action: Action, error: unknown): Answer {
    const { outcome, spotifyError, why } = describe(action, error);
    this.#options.log("info", `${action} from the LAN was refused: ${why}.`, "refused");
    return answer(outcome, { spotifyError });
  }
}

function describe(
  action: Action,
  error: unknown,
): { outcome: OutcomeName; spotifyError: number; why: string } {
  if (error instanceof Refusal) {
    return { outcome: error.outcome, spotifyError: error.spotifyError, why: error.message };
  }
  if (!(error instanceof SpotifyError)) {
    return { outcome: "unknown", spotifyError: 0, why: "unexpected error" };
  }
  const isLogin = action === "addUser" && !NOT_TRIED.has(error.code);
  return {
    outcome: isLogin ? "loginFailed" : "spotifyError",
    spotifyError: SP_ERRORS[error.code] ?? GENERAL_LOGIN_ERROR,
    why: error.code,
  };
}

function isAction(name: string): name is Action {
  return Object.hasOwn(METHODS, name);
}
