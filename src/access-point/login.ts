import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import {
  APWelcomeSchema,
  AuthenticationType,
  ClientResponseEncryptedSchema,
} from "../proto/gen/authentication_pb";
import { APLoginFailedSchema } from "../proto/gen/keyexchange_pb";
import type { AccessPointConnection } from "./connection";
import type { Credentials } from "./credentials";
import { loginFailure } from "./login-failure";
import { PacketType, type Packet } from "./packet-types";
import { cpuFamily, operatingSystem } from "./platform";

/** The content of a welcome. */
export interface Welcome {
  /** The account's canonical username. */
  username: string;
  /** A stored credential for later logins; undefined if the welcome holds none. */
  reusableCredentials: Credentials | undefined;
}

/**
 * Logs in on a fresh connection.
 *
 * Source: librespot core/src/connection/mod.rs, authenticate.
 *
 * @param deviceId of this session, the same after a restart
 * @throws LoginFailure if Spotify refuses; SpotifyError PROTOCOL_ERROR if the answer cannot be read; UNREACHABLE if the
 *   connection ends first; or the abort reason of `signal`
 */
export function login(
  connection: AccessPointConnection,
  credentials: Credentials,
  deviceId: string,
  signal: AbortSignal,
): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      connection.off("packet", onPacket);
      connection.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onPacket = (packet: Packet): void => {
      // The secret block, the country code and other packets may come before the answer.
      if (packet.command !== PacketType.APWelcome && packet.command !== PacketType.AuthFailure) return;
      try {
        const welcome = readAnswer(packet, credentials.username);
        settle();
        resolve(welcome);
      } catch (error) {
        fail(error);
      }
    };
    const onClose = (reason: SpotifyError): void => fail(reason);
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return fail(signal.reason);
    connection.on("packet", onPacket);
    connection.on("close", onClose);
    signal.addEventListener("abort", onAbort);
    try {
      connection.send(PacketType.Login, loginRequest(credentials, deviceId));
    } catch (error) {
      fail(error);
    }
  });
}

function loginRequest(credentials: Credentials, deviceId: string): Uint8Array {
  return toBinary(
    ClientResponseEncryptedSchema,
    create(ClientResponseEncryptedSchema, {
      loginCredentials: {
        // Left out if it is unknown: an empty name means something else.
        ...(credentials.username === undefined ? {} : { username: credentials.username }),
        typ: credentials.authType,
        authData: credentials.authData,
      },
      systemInfo: {
        cpuFamily: cpuFamily(),
        os: operatingSystem(),
        systemInformationString: "node-red-contrib-spotify-session",
        deviceId,
      },
      versionString: "node-red-contrib-spotify-session",
    }),
  );
}

function readAnswer(packet: Packet, knownUsername: string | undefined): Welcome {
  try {
    if (packet.command === PacketType.AuthFailure) {
      throw loginFailure(fromBinary(APLoginFailedSchema, packet.payload));
    }
    const welcome = fromBinary(APWelcomeSchema, packet.payload);
    const username = welcome.canonicalUsername || knownUsername;
    if (!username)
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify's welcome does not say whose account it is.");
    const reusable = welcome.reusableAuthCredentials;
    return {
      username,
      reusableCredentials:
        reusable.length === 0
          ? undefined
          : {
              username,
              authType:
                welcome.reusableAuthCredentialsType ||
                AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
              authData: reusable,
            },
    };
  } catch (cause) {
    if (cause instanceof SpotifyError) throw cause;
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify's answer to the login cannot be read.", { cause });
  }
}
