/**
 * Device pairing: a device shows a code, and its user types it on another device with a keyboard.
 * Sources: RFC 8628; go-librespot#375 for the allowed client IDs and the pairing page.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { Account } from "../world/accounts";
import type { Apps } from "../world/apps";
import { BoundedMap } from "../bounded-map";
import type { Authorization } from "../world/grants";
import { OAuthError, type Parameters } from "./oauth";
import type { Policy } from "../world/policy";

/** A device that waits. */
export interface Pairing {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds that the device must wait between two polls. */
  interval: number;
  polledAt?: number;
  state: "pending" | "approved" | "refused" | "used";
  /** The account that approved it. */
  username?: string;
}

/** No vowels, so no words; nothing that looks like a digit. Source: RFC 8628, 6.1. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH = 6;
/** Source: RFC 8628, 3.5. */
const SLOW_DOWN_SECONDS = 5;
/** A poll that was sent in time may seem early if the one before it was delayed. */
const TOLERANCE_MS = 100;
const MAX_PAIRINGS = 1000;

export class DevicePairing {
  readonly #policy: Policy;
  readonly #apps: Apps;
  readonly #byDeviceCode = new BoundedMap<string, Pairing>(MAX_PAIRINGS);
  readonly #byUserCode = new BoundedMap<string, Pairing>(MAX_PAIRINGS);

  constructor(policy: Policy, apps: Apps) {
    this.#policy = policy;
    this.#apps = apps;
  }

  /** The device asks for its codes. @throws OAuthError */
  begin(form: Parameters): Pairing {
    const app = this.#apps.get(form.need("client_id"));
    if (app === undefined) throw new OAuthError("invalid_client", "Invalid client");
    if (!app.mayPair) {
      throw new OAuthError("unauthorized_client", "Client is not authorized for device authorization");
    }
    const { scopes } = form;
    if (!app.mayHaveAll(scopes, this.#policy)) throw new OAuthError("invalid_scope", "Invalid scope");
    const pairing: Pairing = {
      deviceCode: randomBytes(96).toString("base64url"),
      userCode: makeUserCode(),
      clientId: app.clientId,
      scopes,
      expiresAt: Date.now() + this.#policy.deviceCodeLife * 1000,
      interval: this.#policy.deviceInterval,
      state: "pending",
    };
    this.#byDeviceCode.set(pairing.deviceCode, pairing);
    this.#byUserCode.set(pairing.userCode, pairing);
    return pairing;
  }

  /** The device's answer. Source: RFC 8628, 3.2. */
  describe({ deviceCode, userCode, interval }: Pairing): object {
    const { verificationUri, deviceCodeLife } = this.#policy;
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: verificationUri,
      verification_uri_complete: `${verificationUri}?code=${userCode}`,
      expires_in: deviceCodeLife,
      interval,
    };
  }

  /** The device polls whether its user has agreed. @throws OAuthError before that, and at every later poll */
  poll(deviceCode: string, clientId: string): Authorization {
    const pairing = this.#byDeviceCode.get(deviceCode);
    if (pairing === undefined || pairing.clientId !== clientId || pairing.state === "used") {
      throw new OAuthError("invalid_grant", "Invalid device code");
    }
    const now = Date.now();
    const { polledAt, interval, username } = pairing;
    pairing.polledAt = now;
    if (now >= pairing.expiresAt) throw new OAuthError("expired_token", "Device code expired");
    if (pairing.state === "refused") {
      pairing.state = "used";
      throw new OAuthError("access_denied", "User denied access");
    }
    if (pairing.state === "approved" && username !== undefined) {
      pairing.state = "used";
      return { username, clientId, scopes: pairing.scopes };
    }
    if (polledAt !== undefined && now < polledAt + interval * 1000 - TOLERANCE_MS) {
      pairing.interval += SLOW_DOWN_SECONDS;
      throw new OAuthError("slow_down", "Polling too frequently");
    }
    throw new OAuthError("authorization_pending", "User has not authorized yet");
  }

  /** The device with this code, in any spelling; undefined if it no longer waits. */
  waiting(userCode: string): Pairing | undefined {
    const pairing = this.#byUserCode.get(userCode.toUpperCase().replace(/[^A-Z]/g, ""));
    if (pairing === undefined || pairing.state !== "pending") return undefined;
    return Date.now() < pairing.expiresAt ? pairing : undefined;
  }

  /** @returns whether such a device was waiting */
  approve(userCode: string, account: Account): boolean {
    const pairing = this.waiting(userCode);
    if (pairing === undefined) return false;
    pairing.state = "approved";
    pairing.username = account.username;
    return true;
  }

  /** @returns whether such a device was waiting */
  refuse(userCode: string): boolean {
    const pairing = this.waiting(userCode);
    if (pairing === undefined) return false;
    pairing.state = "refused";
    return true;
  }
}

function makeUserCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
