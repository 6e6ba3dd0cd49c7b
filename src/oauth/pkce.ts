import { createHash, randomBytes } from "node:crypto";

/** A secret that proves that the program which trades a code for tokens is the one that asked for it. RFC 7636. */
export interface Pkce {
  /** 43 characters of base64url. Sent only with the code. */
  verifier: string;
  /** S256 of the verifier; part of the address that the browser opens. */
  challenge: string;
}

export function makePkce(verifier: string = randomBytes(32).toString("base64url")): Pkce {
  return { verifier, challenge: createHash("sha256").update(verifier, "ascii").digest("base64url") };
}
