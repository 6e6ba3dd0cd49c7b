import { answer, type Answer } from "./answer";

/** The group's prime has 768 bits. Shorter numbers are padded, for apps that expect 96 bytes. */
const PUBLIC_KEY_BYTES = 96;

/** The brand of all devices that this library shows to the local network. */
export const OWN_BRAND = "Node-RED";

/** What getInfo says of the device. It holds no secret, because everyone on the LAN can read it. */
export interface DeviceInfo {
  deviceId: string;
  /** From `displayName`. */
  deviceName: string;
  clientId: string;
  /** Big-endian. */
  publicKey: Buffer;
}

/**
 * The answer to getInfo.
 *
 * `activeUser`, which older devices give, is no longer on Spotify's page. It is left out because it would tell everyone on
 * the LAN whose account this is. `tokenType` "default" makes an app send a blob sealed with the public key instead of an
 * access token of its own. From `modelDisplayName`, clients made for librespot (SpotifyPlus) learn that the device takes a
 * stored credential instead of a password.
 *
 * Sources: developer.spotify.com, commercial hardware, ZeroConf API, "Get Information" (February 2026); the values of
 * `version`, `resolverVersion`, `scope` and `supported_capabilities` are those of librespot discovery/src/server.rs, which
 * today's apps are known to accept.
 */
export function getInfo({ deviceId, deviceName, clientId, publicKey }: DeviceInfo): Answer {
  return answer("ok", {
    version: "2.9.0",
    deviceID: deviceId,
    deviceType: "SPEAKER",
    remoteName: deviceName,
    publicKey: padded(publicKey).toString("base64"),
    brandDisplayName: OWN_BRAND,
    modelDisplayName: "librespot",
    libraryVersion: "1.0.0",
    resolverVersion: "1",
    groupStatus: "NONE",
    tokenType: "default",
    clientID: clientId,
    productID: 0,
    scope: "streaming",
    availability: "",
    supported_drm_media_formats: [],
    supported_capabilities: 1,
    accountReq: "PREMIUM",
  });
}

function padded(number: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(Math.max(0, PUBLIC_KEY_BYTES - number.length)), number]);
}
