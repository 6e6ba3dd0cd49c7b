import { createHash, randomBytes } from "node:crypto";

/** A secret that proves, when a code is traded for a grant, that it is the one who asked who trades. RFC 7636. */
export interface Pkce {
  /** 43 characters of base64url; never leaves this process but in the trade. */
  verifier: string;
  /** S256 of it; part of the address that the browser opens. */
  challenge: string;
}

export function makePkce(verifier: string = randomBytes(32).toString("base64url")): Pkce {
  return { verifier, challenge: createHash("sha256").update(verifier, "ascii").digest("base64url") };
}
