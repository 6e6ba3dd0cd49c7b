import type { KeyObject } from "node:crypto";
import { SpotifyError } from "../core/errors";
import { proxyFor } from "../net/proxy";
import { AccessPointConnection } from "./connection";
import { dial } from "./dial";
import { handshake } from "./handshake";
import { RaceError, race } from "./race";
import { Deadline } from "../async/deadline";
import { formatAddress, type AccessPointAddress } from "./resolver";

/** From dialling to agreed keys, as in librespot, ms. */
const HANDSHAKE_TIMEOUT = 5_000;
/** Over the round trips of a handshake on a slow line, far under the time-out of a dead host. */
const STAGGER = 400;
const AT_ONCE = 3;

/** A connection with agreed keys, on which nobody has logged in. */
export interface OpenedConnection {
  address: AccessPointAddress;
  connection: AccessPointConnection;
}

/**
 * Opens an enciphered connection to the first access point of a list that proves to be Spotify's.
 *
 * Follows the usual proxy variables, as for https.
 *
 * @throws SpotifyError: the most telling failure of all (UNTRUSTED_SERVER before all others), or the abort
 *   reason of `signal`
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

async function attempt(
  address: AccessPointAddress,
  serverKey: KeyObject,
  signal: AbortSignal,
): Promise<OpenedConnection> {
  const message = `The access point ${formatAddress(address)} does not answer.`;
  const late = new Deadline(HANDSHAKE_TIMEOUT, () => new SpotifyError("TIMEOUT", message));
  const ends = AbortSignal.any([signal, late.signal]);
  try {
    const socket = await dial(address, proxyFor(`https://${formatAddress(address)}`), ends);
    const onAbort = (): void => void socket.destroy();
    ends.addEventListener("abort", onAbort, { once: true });
    try {
      return { address, connection: new AccessPointConnection(socket, await handshake(socket, serverKey)) };
    } catch (error) {
      socket.destroy();
      throw ends.aborted ? ends.reason : error;
    } finally {
      ends.removeEventListener("abort", onAbort);
    }
  } finally {
    late.clear();
  }
}

function mostTelling(errors: readonly unknown[]): unknown {
  const untrusted = errors.find(
    (error) => error instanceof SpotifyError && error.code === "UNTRUSTED_SERVER",
  );
  return (
    untrusted ?? errors.at(-1) ?? new SpotifyError("UNREACHABLE", "There is no access point to connect to.")
  );
}
