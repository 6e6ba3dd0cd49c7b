/**
 * The reusable credentials of one account: one for each client ID that it was signed in with.
 * Sources: librespot#1344 and #1737: what a credential is good for at Login5 depends on the client ID it was made with.
 */
import { randomBytes } from "node:crypto";
import { BoundedMap } from "../bounded-map";

/** More apps than anybody signs in to. */
const MAX_CLIENT_IDS = 100;

export class StoredCredentials {
  readonly #byClientId = new BoundedMap<string, Buffer>(MAX_CLIENT_IDS);

  /** The one that is good now, made where there is none. */
  of(clientId: string): Buffer {
    return this.#byClientId.get(clientId) ?? this.renew(clientId);
  }

  /** The client ID that a credential was made with, or undefined where it is not, or no longer, good. */
  clientIdOf(data: Uint8Array): string | undefined {
    return [...this.#byClientId].find(([, credential]) => credential.equals(data))?.[0];
  }

  /** Another one, and the old one is dead at once. */
  renew(clientId: string): Buffer {
    const credential = randomBytes(120);
    this.#byClientId.set(clientId, credential);
    return credential;
  }

  /** Each client ID, and the one that is good. */
  all(): [clientId: string, credential: Buffer][] {
    return [...this.#byClientId];
  }

  set(clientId: string, credential: Buffer): void {
    this.#byClientId.set(clientId, credential);
  }

  /** All made before are worth nothing from now on. */
  forget(): void {
    this.#byClientId.clear();
  }
}
