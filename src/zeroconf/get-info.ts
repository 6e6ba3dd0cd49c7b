import { answer, type Answer } from "./answer";

/** The group's prime has 768 bits; a shorter number is padded, for an app that expects 96 bytes. */
const PUBLIC_KEY_BYTES = 96;

/** What getInfo says of the device. Everybody on the LAN may read it: there is nothing secret in it. */
export interface DeviceInfo {
  deviceId: string;
  /** As `displayName` gives it. */
  deviceName: string;
  clientId: string;
  /** Big-endian. */
  publicKey: Buffer;
}

/**
 * The answer to getInfo.
 *
 * `activeUser`, which older devices give, is no longer on Spotify's page, and is left out: it would tell everybody on
 * the LAN whose account this is. `tokenType` "default" is what makes an app send a blob sealed with the public key,
 * and no access token of its own. `modelDisplayName` is what clients made for librespot (SpotifyPlus) know a device by
 * that takes a stored credential, and no password.
 *
 * Sources: developer.spotify.com, commercial hardware, ZeroConf API, "Get Information" (February 2026); the values of
 * `version`, `resolverVersion`, `scope` and `supported_capabilities` are those of librespot discovery/src/server.rs, with
 * which today's apps are known to tap.
 */
export function getInfo({ deviceId, deviceName, clientId, publicKey }: DeviceInfo): Answer {
  return answer("ok", {
    version: "2.9.0",
    deviceID: deviceId,
    deviceType: "SPEAKER",
    remoteName: deviceName,
    publicKey: padded(publicKey).toString("base64"),
    brandDisplayName: "Node-RED",
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
