import { SpotifyError } from "../core/errors";

/**
 * Codes of Node's errors that say that a certificate does not prove the server's name.
 * Sources: nodejs.org/api/tls.html, "X509 certificate error codes"; nodejs.org/api/errors.html.
 */
const NOT_PROVED: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERR_TLS_CERT_ALTNAME_FORMAT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Codes of Node's errors that say that the server speaks no TLS, or none of today's: plain HTTP on a TLS port. */
const NO_TLS: ReadonlySet<string> = new Set([
  "EPROTO",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_RECORD_LAYER_FAILURE",
  "ERR_SSL_UNEXPECTED_MESSAGE",
  "ERR_SSL_UNKNOWN_PROTOCOL",
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

/** How many errors one inside the other are looked at. */
const MAX_DEPTH = 5;

/**
 * The error for a TLS connection that failed because the other side is not `host`; undefined if `cause` says anything
 * else. A captive portal, a virus scanner and a wrong DNS answer look like this.
 */
export function untrustedServer(host: string, cause: unknown): SpotifyError | undefined {
  let error: unknown = cause;
  for (let depth = 0; depth < MAX_DEPTH && error instanceof Error; depth++, error = error.cause) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) continue;
    if (NOT_PROVED.has(code)) return untrusted(host, "its certificate does not prove that it is", code);
    if (NO_TLS.has(code)) return untrusted(host, "it does not speak TLS", code);
  }
  return undefined;
}

function untrusted(host: string, reason: string, code: string): SpotifyError {
  return new SpotifyError(
    "UNTRUSTED_SERVER",
    `The server that answered is not ${host}: ${reason} (${code}). Nothing was sent to it. Check the network (a proxy, a ` +
      "captive portal, a virus scanner, a wrong DNS answer) and this machine's clock.",
    // The code says what happened. The text of the error may quote an address.
    { cause: new Error(code) },
  );
}
