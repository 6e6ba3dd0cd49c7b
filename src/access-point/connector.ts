import type { KeyObject } from "node:crypto";
import type { AccessPointConnection } from "./connection";
import { AuthenticationType, type Credentials } from "./credentials";
import { KeepAlive } from "./keep-alive";
import { LoginFailure } from "./login-failure";
import { login } from "./login";
import { openConnection } from "./open";
import { formatAddress, type AccessPointAddress } from "./resolver";
import { SpotifyError } from "../core/errors";
import { proxyFor } from "../net/proxy";
import { Backoff } from "../async/backoff";
import { withDeadline } from "../async/deadline";
import { giveUpOnFailure, retry } from "../async/retry";

const LOGIN_TIMEOUT = 10_000;
/** How many access points one `connect` tries in all. As librespot's MAX_AP_TRIES. */
const MAX_TRIES = 6;
/** The second try starts at once, each later one after a growing wait, ms. */
const TRY_AT_ONCE = 2;
const TRY_AGAIN_FIRST = 500;
const TRY_AGAIN_MOST = 3_000;

/** Where access points are: remembered ones, and how to ask for others. */
export interface AccessPointList {
  /** Best first. @param fresh ask the resolver again, because no remembered server has answered */
  addresses(fresh: boolean, signal: AbortSignal): Promise<readonly AccessPointAddress[]>;
}

export interface LoggedIn {
  connection: AccessPointConnection;
  username: string;
  /** A stored credential for later logins. */
  credentials: Credentials;
  address: AccessPointAddress;
}

/**
 * Makes a connection on which an account is logged in: finds an access point, moves on to another one if it must, and
 * trades an access token for a stored credential.
 *
 * Source: librespot core/src/session.rs, connect.
 */
export class Connector {
  readonly #list: AccessPointList;
  readonly #serverKey: KeyObject;
  readonly #deviceId: () => string;

  constructor(list: AccessPointList, serverKey: KeyObject, deviceId: () => string) {
    this.#list = list;
    this.#serverKey = serverKey;
    this.#deviceId = deviceId;
  }

  /** @throws SpotifyError of the last try, or the abort reason of `signal` */
  async connect(credentials: Credentials, signal: AbortSignal): Promise<LoggedIn> {
    const first = await this.#tryServers(credentials, signal);
    if (credentials.authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) return first;
    // Keymaster refuses every session that was opened with an access token, so log in again with the credential of the
    // welcome. Source: librespot core/src/session.rs, connect_inner.
    first.connection.close();
    if (first.credentials.authType === AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) {
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify's welcome holds no credential for later logins.");
    }
    return this.#tryServers(first.credentials, signal);
  }

  /** Tries server after server. Asks for a new list when the last one has no server left, or none of it could be reached. */
  async #tryServers(credentials: Credentials, signal: AbortSignal): Promise<LoggedIn> {
    const backoff = new Backoff(TRY_AGAIN_FIRST, TRY_AGAIN_MOST);
    let left = await this.#list.addresses(false, signal);
    let tries = 0;
    let isOpen = false;
    const attempt = async (): Promise<LoggedIn> => {
      tries++;
      if (left.length === 0) left = await giveUpOnFailure(this.#list.addresses(true, signal));
      const candidates = portsForProxy(left);
      left = [];
      isOpen = false;
      const { connection, address } = await openConnection(candidates, this.#serverKey, signal);
      isOpen = true;
      left = candidates.filter((other) => other !== address);
      return this.#logIn(connection, address, credentials, signal);
    };
    return retry(attempt, {
      tries: MAX_TRIES,
      backoff: { next: () => (tries < TRY_AT_ONCE && left.length > 0 ? 0 : backoff.next()) },
      signal,
      mayHelp: (error) => {
        signal.throwIfAborted();
        if (error instanceof LoginFailure && error.disposition !== "another") return false;
        return isOpen || tries === 1;
      },
    });
  }

  #logIn(
    connection: AccessPointConnection,
    address: AccessPointAddress,
    credentials: Credentials,
    outer: AbortSignal,
  ): Promise<LoggedIn> {
    const message = `The access point ${formatAddress(address)} does not answer the login.`;
    const late = (): SpotifyError => new SpotifyError("TIMEOUT", message);
    const logIn = async (signal: AbortSignal): Promise<LoggedIn> => {
      try {
        // Starts before the login, because the first ping may arrive in the same chunk as the welcome.
        new KeepAlive(connection);
        const welcome = await login(connection, credentials, this.#deviceId(), signal);
        const { username, reusableCredentials = credentials } = welcome;
        return { connection, username, credentials: reusableCredentials, address };
      } catch (error) {
        connection.close();
        throw error;
      }
    };
    return withDeadline(LOGIN_TIMEOUT, late, logIn, outer);
  }
}

/** Many proxies connect to port 443 only, so behind a proxy such access points go first. */
function portsForProxy(addresses: readonly AccessPointAddress[]): readonly AccessPointAddress[] {
  if (!addresses.some((address) => proxyFor(`https://${formatAddress(address)}`))) return addresses;
  return addresses.toSorted((a, b) => Number(b.port === 443) - Number(a.port === 443));
}
