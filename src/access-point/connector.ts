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
import { Deadline } from "../async/deadline";
import { wait } from "../async/wait";
import { Backoff } from "../async/backoff";

const LOGIN_TIMEOUT = 10_000;
/** How many access points in all are asked before one `connect` gives up. As librespot's MAX_AP_TRIES. */
const MAX_TRIES = 6;
/** The second try comes at once, each later one after a wait that grows, ms. */
const TRY_AT_ONCE = 2;
const TRY_AGAIN_FIRST = 500;
const TRY_AGAIN_MOST = 3_000;

/** Where access points are: remembered ones, and how to ask for others. */
export interface AccessPointList {
  /** Best first. @param fresh: ask again, what is remembered did not answer */
  addresses(fresh: boolean, signal: AbortSignal): Promise<readonly AccessPointAddress[]>;
}

export interface LoggedIn {
  connection: AccessPointConnection;
  username: string;
  /** A stored credential for the next time. */
  credentials: Credentials;
  address: AccessPointAddress;
}

/**
 * From nothing to a connection on which an account is logged in: finds an access point, moves on to another
 * where it is told to or gets no answer, and trades an access token for a stored credential.
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
    const first = await this.#tryInTurn(credentials, signal);
    if (credentials.authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) return first;
    // A session opened with an access token is always refused by keymaster: come again with the credential that
    // the welcome handed out. Source: librespot core/src/session.rs, connect_inner.
    first.connection.close();
    if (first.credentials.authType === AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) {
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify's welcome holds no credential for the next time.");
    }
    return this.#tryInTurn(first.credentials, signal);
  }

  async #tryInTurn(credentials: Credentials, signal: AbortSignal): Promise<LoggedIn> {
    const backoff = new Backoff(TRY_AGAIN_FIRST, TRY_AGAIN_MOST);
    let failure: unknown;
    let left: readonly AccessPointAddress[] = await this.#list.addresses(false, signal);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (left.length === 0 || tries >= TRY_AT_ONCE) await wait(backoff.next(), signal);
      if (left.length === 0) left = await this.#list.addresses(true, signal);
      let address: AccessPointAddress | undefined;
      try {
        const opened = await openConnection(portsForProxy(left), this.#serverKey, signal);
        address = opened.address;
        return await this.#logIn(opened.connection, opened.address, credentials, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
        if (error instanceof LoginFailure && error.disposition !== "another") throw error;
        // Where none of them could be opened, none of them is asked again before the list is new.
        left = address ? left.filter((other) => other !== address) : [];
        if (!address && tries > 0) throw error;
      }
    }
    throw failure;
  }

  async #logIn(
    connection: AccessPointConnection,
    address: AccessPointAddress,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<LoggedIn> {
    const message = `The access point ${formatAddress(address)} does not answer the login.`;
    const late = new Deadline(LOGIN_TIMEOUT, () => new SpotifyError("TIMEOUT", message));
    try {
      // From here on, because the first ping may come in the same chunk as the welcome.
      new KeepAlive(connection);
      const welcome = await login(
        connection,
        credentials,
        this.#deviceId(),
        AbortSignal.any([signal, late.signal]),
      );
      return {
        connection,
        username: welcome.username,
        credentials: welcome.reusableCredentials ?? credentials,
        address,
      };
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      late.clear();
    }
  }
}

/** Many proxies connect to port 443 only: such access points go first where there is one. */
function portsForProxy(addresses: readonly AccessPointAddress[]): readonly AccessPointAddress[] {
  if (!addresses.some((address) => proxyFor(`https://${formatAddress(address)}`))) return addresses;
  return addresses.toSorted((a, b) => Number(b.port === 443) - Number(a.port === 443));
}
