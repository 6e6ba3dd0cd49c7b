import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { SpotifyError } from "../core/errors";

/**
 * The modulus of the RSA-2048 key that every access point of Spotify signs with; the exponent is 65537.
 * Source: librespot core/src/connection/handshake.rs, SERVER_KEY.
 */
const SPOTIFY_MODULUS = Buffer.from(
  "ace0460bffc230aff46bfec3bfbf863da191c6cc336c93a14fb3b01612acac6a" +
    "f180e7f614d9429dbe2e346643e362d2327a1a0d923baedd1402b18155056104" +
    "d52c96a44c1ecc024ad4b20c001f17edc22fc43521c8f0cbaed2add72b0f9db3" +
    "c5321a2afe59f35a0dac68f1fa621efb2c8d0cb7392d9247e3d7351a6dbd24c2" +
    "ae255b88ffab73298a0bcccd0c58673189e8bd3480784a5fc96b899d956bfc86" +
    "d74f33a6781796c9c32d0d32a5abcd0527e2f710a39613c42f99c027bfed049c" +
    "3c275804b6b219f9c12f02e94863eca1b642a09d4825f8b39dd0e86af9484da1" +
    "c2ba863042ea9db3086c190e48b39d66eb0006a25aeea11b13873cd719e655bd",
  "hex",
);

/**
 * The key that access points must sign with.
 * @param pem a public RSA key in PEM. Default: Spotify's own
 * @throws SpotifyError INVALID_ARGUMENT if `pem` is not a public RSA key
 */
export function accessPointKey(pem?: string): KeyObject {
  if (pem === undefined) {
    return createPublicKey({
      key: { kty: "RSA", n: SPOTIFY_MODULUS.toString("base64url"), e: "AQAB" },
      format: "jwk",
    });
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new SpotifyError("INVALID_ARGUMENT", "The access point key is not a public key in PEM form.", {
      cause,
    });
  }
  if (key.asymmetricKeyType !== "rsa") {
    throw new SpotifyError("INVALID_ARGUMENT", "The access point key must be an RSA key.");
  }
  return key;
}

/** Whether `signature` (RSA, PKCS#1 v1.5, SHA-1) over the server's public value was made with `key`. */
export function isSignedBy(key: KeyObject, publicValue: Uint8Array, signature: Uint8Array): boolean {
  return verify("sha1", publicValue, key, signature);
}
