import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { request } from "node:http";
import { makeExchange } from "../../simulator/access-point/handshake";

/** A device's answer. */
export interface Reply {
  http: number;
  headers: Record<string, unknown>;
  text: string;
  /** The text read as JSON. */
  json: Record<string, unknown>;
}

/** Sends one request, valid or not, to a device on this machine. */
export function send(
  port: number,
  method: string,
  path: string,
  body: string | Buffer = "",
  headers: Record<string, string> = {},
  host = "127.0.0.1",
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        let json: Record<string, unknown> = {};
        try {
          json = JSON.parse(text) as Record<string, unknown>;
        } catch {
          // The test then notices that the answer is missing.
        }
        resolve({ http: response.statusCode!, headers: response.headers, text, json });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The data that an app sends in a test. */
export interface Login {
  username: string;
  authType: number;
  authData: Buffer;
}

/**
 * The fields with which an app signs a device in: sealed for the device ID and the public key that it gave. The other
 * side of what librespot's docs/authentication.md describes.
 * @param short use a secret that has fewer bytes than the prime, and how the app writes it
 */
export function tapFields(
  login: Login,
  deviceId: string,
  devicePublicKey: string,
  short?: "stripped" | "padded",
): Record<string, string> {
  const device = Buffer.from(devicePublicKey, "base64");
  const exchange = makeExchange(device, short && "shared");
  const secret = exchange.sharedWith(device);
  const padding = Buffer.alloc(short === "padded" ? 96 - secret.length : 0);
  return {
    action: "addUser",
    userName: login.username,
    clientKey: exchange.publicNumber.toString("base64"),
    blob: sealed(loginBlob(login, deviceId), Buffer.concat([padding, secret])).toString("base64"),
    tokenType: "default",
    deviceName: "Alice's phone",
  };
}

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

function loginBlob({ username, authType, authData }: Login, deviceId: string): string {
  const name = Buffer.from(username);
  const plain = Buffer.concat([
    Buffer.from([0x49, ...integer(name.length)]),
    name,
    Buffer.from([0x50, authType, 0x51, ...integer(authData.length)]),
    authData,
  ]);
  const missing = 16 - (plain.length % 16);
  const bytes = Buffer.concat([plain, Buffer.alloc(missing - 1), Buffer.from([missing])]);
  for (let i = 16; i < bytes.length; i++) bytes[i]! ^= bytes[i - 16]!;
  const derived = pbkdf2Sync(createHash("sha1").update(deviceId).digest(), username, 256, 20, "sha1");
  const key = Buffer.concat([createHash("sha1").update(derived).digest(), Buffer.from([0, 0, 0, 20])]);
  const cipher = createCipheriv("aes-192-ecb", key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]).toString("base64");
}

export function sealed(text: string, secret: Buffer): Buffer {
  const base = createHash("sha1").update(secret).digest().subarray(0, 16);
  const key = (name: string): Buffer => createHmac("sha1", base).update(name).digest();
  const iv = randomBytes(16);
  const encrypted = createCipheriv("aes-128-ctr", key("encryption").subarray(0, 16), iv).update(text);
  const mac = createHmac("sha1", key("checksum")).update(encrypted).digest();
  return Buffer.concat([iv, encrypted, mac]);
}

function integer(value: number): number[] {
  return value < 0x80 ? [value] : [0x80 | (value & 0x7f), value >> 7];
}
