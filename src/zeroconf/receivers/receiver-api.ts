import { cleanName } from "../../core/clean-name";
import { parseJson, type HttpClient } from "../../net/client";
import type { Place } from "./browse";
import { sealCredential, type StoredCredential } from "./seal";

const TIMEOUT = 3_000;
const ADD_USER_TIMEOUT = 8_000;
const MAX_BYTES = 64 << 10;
const MAX_ALIASES = 20;
/** Of the ZeroConf API. Source: SpotifyWebApiPython, zeroconfconnect.py. */
const VERSION = "2.7.1";

/** What a device says of itself. */
export interface ReceiverInfo {
  place: Place;
  deviceId: string;
  name: string;
  aliases: string[];
  type: string | null;
  /** base64; the device has none yet if it is `INVALID`. */
  publicKey: string;
  /** Empty for the librespot family. */
  tokenType: string;
  brand: string;
  /** The username of who is signed in there; empty if nobody is, or if the device does not say. */
  activeUser: string;
}

/** What devices send before they have made a key: `INVALID`. Source: SpotifyWebApiPython, zeroconfconnect.py. */
const NO_KEY = "SU5WQUxJRA==";
/** Source: developer.spotify.com, ZeroConf API, "HTTP status codes"; 203 as SpotifyWebApiPython meets it. */
const OK = 101;
const LOGIN_FAILED = 202;
const INVALID_PUBLIC_KEY = 203;

/** The ZeroConf API of devices on the local network, as an app uses it. */
export class ReceiverApi {
  readonly #http: Pick<HttpClient, "request">;

  constructor(http: Pick<HttpClient, "request">) {
    this.#http = http;
  }

  /** @returns undefined if no such device answers there */
  async info(place: Place, signal: AbortSignal): Promise<ReceiverInfo | undefined> {
    try {
      const { body } = await this.#http.request(`${place.url}?action=getInfo&version=${VERSION}`, {
        timeout: TIMEOUT,
        maxBytes: MAX_BYTES,
        isDirect: true,
        signal,
      });
      return readInfo(place, parseJson(body));
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /**
   * Signs an account in on a device.
   * @param deviceName the name of this device, which the other one may show
   * @returns why it would not, as a sentence; undefined if it accepted
   * @throws the abort reason of `signal`
   */
  async addUser(
    info: ReceiverInfo,
    credentials: StoredCredential,
    sender: { deviceId: string; deviceName: string },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { name, activeUser, tokenType } = info;
    if (!takesStoredCredential(info)) {
      return `${name} wants a kind of sign-in (“${cleanName(tokenType)}”) that works only from the Spotify app.`;
    }
    // addUser would throw them out.
    if (activeUser !== "" && activeUser.toLowerCase() !== credentials.username.toLowerCase()) {
      return `Another person is signed in on ${name}.`;
    }
    try {
      let publicKey = info.publicKey;
      if (publicKey === NO_KEY) {
        // Such a device makes its key when it is asked for the first time.
        const answer = await this.#post(info, { ...sender, blob: "", clientKey: "" }, credentials, signal);
        publicKey = typeof answer["publicKey"] === "string" ? answer["publicKey"] : NO_KEY;
        if (publicKey === NO_KEY) return `${name} is not ready to sign in yet.`;
      }
      const fields = (): Record<string, string> => ({
        ...sender,
        ...sealCredential(credentials, info.deviceId, Buffer.from(publicKey, "base64")),
      });
      let answer = await this.#post(info, fields(), credentials, signal);
      if (answer["status"] === INVALID_PUBLIC_KEY && typeof answer["publicKey"] === "string") {
        publicKey = answer["publicKey"];
        answer = await this.#post(info, fields(), credentials, signal);
      }
      if (answer["status"] === LOGIN_FAILED) answer = await this.#post(info, fields(), credentials, signal);
      return answer["status"] === OK ? undefined : `${name} refused to sign in (${statusOf(answer)}).`;
    } catch {
      signal.throwIfAborted();
      return `${name} did not answer on the local network.`;
    }
  }

  async #post(
    { place, tokenType }: ReceiverInfo,
    fields: Record<string, string>,
    { username }: StoredCredential,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const { body } = await this.#http.request(place.url, {
      method: "POST",
      form: {
        action: "addUser",
        version: VERSION,
        userName: username,
        loginId: username,
        tokenType: tokenType === "" ? "" : "default",
        ...fields,
      },
      timeout: ADD_USER_TIMEOUT,
      maxBytes: MAX_BYTES,
      isDirect: true,
      signal,
    });
    return (parseJson(body) ?? {}) as Record<string, unknown>;
  }
}

/** The librespot family takes a stored credential; of others with such a token type it is not known, and tried. */
function takesStoredCredential({ tokenType }: ReceiverInfo): boolean {
  return tokenType === "" || tokenType === "default" || tokenType === "accesstoken";
}

function readInfo(place: Place, document: unknown): ReceiverInfo | undefined {
  const fields = (typeof document === "object" && document !== null ? document : {}) as Record<
    string,
    unknown
  >;
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" && value.length <= 1_024 ? value : "";
  };
  const deviceId = text("deviceID");
  const name = cleanName(text("remoteName"));
  if (!/^[\w-]{1,128}$/.test(deviceId) || name === "") return undefined;
  const aliases = (Array.isArray(fields["aliases"]) ? (fields["aliases"] as unknown[]) : [])
    .slice(0, MAX_ALIASES)
    .map((alias) => (alias as { name?: unknown } | null)?.name)
    .map((alias) => (typeof alias === "string" ? cleanName(alias) : ""));
  const type = text("deviceType").toLowerCase();
  return {
    place,
    deviceId,
    name,
    aliases: aliases.filter((alias) => alias !== ""),
    type: /^\w{1,32}$/.test(type) ? type : null,
    publicKey: text("publicKey"),
    tokenType: text("tokenType"),
    brand: cleanName(text("brandDisplayName")),
    activeUser: text("activeUser"),
  };
}

function statusOf(answer: Record<string, unknown>): string {
  const { statusString, status } = answer;
  if (typeof statusString === "string") return cleanName(statusString);
  return typeof status === "number" ? String(status) : "without a reason";
}
