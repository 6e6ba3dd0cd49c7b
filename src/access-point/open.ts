import type { KeyObject } from "node:crypto";
import { SpotifyError } from "../core/errors";
import { proxyFor } from "../net/proxy";
import { AccessPointConnection } from "./connection";
import { dial } from "./dial";
import { handshake } from "./handshake";
import { RaceError, race } from "./race";
import { withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { formatAddress, type AccessPointAddress } from "./resolver";

/** All in ms. From dialling to the end of the handshake, as in librespot. */
const HANDSHAKE_TIMEOUT = 5_000;
/** Longer than a handshake on a slow line, far shorter than the time-out of a dead host. */
const STAGGER = 400;
const AT_ONCE = 3;

/** A connection after the handshake and before the login. */
export interface OpenedConnection {
  address: AccessPointAddress;
  connection: AccessPointConnection;
}

/**
 * Opens an encrypted connection to the first access point of a list that proves to be Spotify's. Uses the proxy of the
 * usual environment variables, as for https.
 *
 * @throws SpotifyError UNTRUSTED_SERVER if any server failed to prove it, else the last failure; or the abort reason of
 *   `signal`
 */
export async function openConnection(
  addresses: readonly AccessPointAddress[],
  serverKey: KeyObject,
  signal: AbortSignal,
): Promise<OpenedConnection> {
  try {
    return await race(
      addresses,
      (address, attemptSignal) => attempt(address, serverKey, attemptSignal),
      ({ connection }) => connection.close(),
      { stagger: STAGGER, atOnce: AT_ONCE, signal },
    );
  } catch (error) {
    if (error instanceof RaceError) throw mostTelling(error.errors);
    throw error;
  }
}

function attempt(
  address: AccessPointAddress,
  serverKey: KeyObject,
  outer: AbortSignal,
): Promise<OpenedConnection> {
  const name = formatAddress(address);
  const late = (): SpotifyError => new SpotifyError("TIMEOUT", `The access point ${name} does not answer.`);
  const open = async (signal: AbortSignal): Promise<OpenedConnection> => {
    const socket = await dial(address, proxyFor(`https://${name}`), signal);
    try {
      const keys = await raceAbort(signal, handshake(socket, serverKey));
      return { address, connection: new AccessPointConnection(socket, keys) };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
  return withDeadline(HANDSHAKE_TIMEOUT, late, open, outer);
}

function mostTelling(errors: readonly unknown[]): unknown {
  const untrusted = errors.find(
    (error) => error instanceof SpotifyError && error.code === "UNTRUSTED_SERVER",
  );
  return (
    untrusted ?? errors.at(-1) ?? new SpotifyError("UNREACHABLE", "There is no access point to connect to.")
  );
}
