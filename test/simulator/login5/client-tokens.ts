/**
 * The client tokens that this Spotify has given out: clients send them to its services with the user's token.
 * Sources: librespot core/src/spclient.rs, for the header; Spotify's Android app as its decompiled releases show, for
 * `client-token-error`: EXPIRED_CLIENTTOKEN with 401. The other two names are seen with 400 at Login5.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { BoundedMap } from "../bounded-map";
import type { HttpAnswer } from "../http";

export interface ClientToken {
  readonly token: string;
  readonly clientId: string;
  readonly deviceId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const MAX_TOKENS = 10_000;

export class ClientTokens {
  readonly #tokens = new BoundedMap<string, ClientToken>(MAX_TOKENS);

  /** @param life seconds */
  grant(clientId: string, deviceId: string, life: number): ClientToken {
    // In the form of real ones: "AA", about 350 characters, base64.
    const token = Buffer.concat([Buffer.of(0, randomInt(16)), randomBytes(257)]).toString("base64");
    const granted = { token, clientId, deviceId, expiresAt: Date.now() + life * 1000 };
    this.#tokens.set(token, granted);
    return granted;
  }

  /** The tokens that are not revoked, expired or not, oldest first. */
  all(): ClientToken[] {
    return [...this.#tokens.values()];
  }

  /** The token, expired or not; undefined if it was never given out, or was revoked. */
  find(token: string): ClientToken | undefined {
    return this.#tokens.get(token);
  }

  /** @returns whether there was such a token */
  revoke(token: string): boolean {
    return this.#tokens.delete(token);
  }

  /** A service's answer to a request without a valid client token; undefined if it has one. */
  refusal(headers: IncomingHttpHeaders): HttpAnswer | undefined {
    const token = headers["client-token"];
    if (typeof token !== "string" || token === "") return refused(400, "MISSING_CLIENTTOKEN");
    const known = this.find(token);
    if (known === undefined) return refused(400, "INVALID_CLIENTTOKEN");
    return known.expiresAt > Date.now() ? undefined : refused(401, "EXPIRED_CLIENTTOKEN");
  }
}

function refused(status: number, error: string): HttpAnswer {
  return { status, headers: { "client-token-error": error } };
}
