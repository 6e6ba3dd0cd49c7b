import { DiffieHellman } from "../access-point/diffie-hellman";
import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { answer, Refusal, type Answer, type OutcomeName } from "./answer";
import { getInfo } from "./get-info";
import { displayName } from "./names";
import { readTap, type Tap } from "./tap";
import { TapDesk } from "./tap-desk";

/** What the actions are done with. */
export interface ActionsOptions {
  deviceId: () => string;
  deviceName: string;
  clientId: () => string;
  activeUser: () => string | undefined;
  onTap: (tap: Tap, signal: AbortSignal) => Promise<void>;
  onReset: () => Promise<void>;
  log: (level: "info" | "warn" | "debug", message: string) => void;
}

/** A request to the device's path, read. */
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
  INVALID_ARGUMENT: 12, // kSpErrorGeneralLoginError: it is another account's device
  REQUEST_REFUSED: 12,
  RATE_LIMITED: 15, // kSpErrorAPIRateLimited
  TIMEOUT: 18, // kSpErrorTryAgain
  UNREACHABLE: 18,
  UNTRUSTED_SERVER: 18,
};
const GENERAL_LOGIN_ERROR = 12;
/** Codes that say nothing about the login, only that it could not be tried. */
const NOT_TRIED = new Set<SpotifyErrorCode>([
  "UNREACHABLE",
  "UNTRUSTED_SERVER",
  "TIMEOUT",
  "RATE_LIMITED",
  "CLOSED",
]);

/** The three actions of the ZeroConf API, and the answers to everything that is none of them. Never throws. */
export class ZeroconfActions {
  readonly #options: ActionsOptions;
  readonly #desk: TapDesk;
  /**
   * One key for as long as the device is visible, as in librespot: an app reads it with getInfo when it sees the device,
   * and may tap much later.
   */
  readonly #keys = new DiffieHellman();

  constructor(options: ActionsOptions, closing: AbortSignal) {
    this.#options = options;
    this.#desk = new TapDesk(closing);
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
    this.#options.log("debug", `A tap from ${tap.deviceName ?? "an app that does not say its name"}.`);
    await this.#desk.serve((signal) => this.#options.onTap(tap, signal));
    return answer("ok");
  }

  async #resetUsers(): Promise<Answer> {
    // "The currently logged in user (if any)": where there is none, all is as it should be.
    if (this.#options.activeUser() !== undefined) await this.#desk.serve(() => this.#options.onReset());
    return answer("ok");
  }

  #refused(action: Action, error: unknown): Answer {
    const { outcome, spotifyError, why } = describe(action, error);
    this.#options.log("info", `${action} from the LAN was refused: ${why}.`);
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
    return { outcome: "unknown", spotifyError: 0, why: "an error that should not happen" };
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
