/**
 * The reusable credentials of one account: one for each client ID that it was signed in with.
 * Sources: librespot#1344 and #1737: at Login5, a credential is valid only for the client ID with which it was made.
 */
import { randomBytes } from "node:crypto";
import { BoundedMap } from "../bounded-map";

/** More apps than any person signs in to. */
const MAX_CLIENT_IDS = 100;

export class StoredCredentials {
  readonly #byClientId = new BoundedMap<string, Buffer>(MAX_CLIENT_IDS);

  /** The valid one, which is created if there is none. */
  of(clientId: string): Buffer {
    return this.#byClientId.get(clientId) ?? this.renew(clientId);
  }

  /** The client ID with which a credential was made, or undefined if it is not, or no longer, valid. */
  clientIdOf(data: Uint8Array): string | undefined {
    return [...this.#byClientId].find(([, credential]) => credential.equals(data))?.[0];
  }

  /** A new one; the old one is invalid at once. */
  renew(clientId: string): Buffer {
    const credential = randomBytes(120);
    this.#byClientId.set(clientId, credential);
    return credential;
  }

  /** The valid credential of each client ID. */
  all(): [clientId: string, credential: Buffer][] {
    return [...this.#byClientId];
  }

  set(clientId: string, credential: Buffer): void {
    this.#byClientId.set(clientId, credential);
  }

  /** All earlier ones are invalid from now on. */
  forget(): void {
    this.#byClientId.clear();
  }
}
