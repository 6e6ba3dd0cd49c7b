import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { ServerResponse } from "node:http";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard, type RateLimit } from "../../src/net/rate-limit-guard";
import { ClientToken, type ClientTokenOptions } from "../../src/login5/client-token";
import { Login5 } from "../../src/login5/login5";
import type { StoredCredential } from "../../src/login5/login5-messages";
import {
  ClientTokenRequestSchema,
  ClientTokenResponseSchema,
  ClientTokenResponseType,
} from "../../src/proto/gen/clienttoken_pb";
import { type LoginError, LoginRequestSchema, LoginResponseSchema } from "../../src/proto/gen/login5_pb";
import type { ClientTokenState } from "../../src/login5/held-client-token";
import { serveHttp } from "../support/http-server";

/** The next answer of a service. */
export interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  /** Bytes, or a message that is already encoded. */
  body?: Uint8Array | string;
  /** Resets the connection instead of answering. */
  drop?: boolean;
  /** Sends no answer. */
  silent?: boolean;
}

export interface AskedOf<Schema extends DescMessage> {
  message: MessageShape<Schema>;
  /** As received, names and values in turn. */
  rawHeaders: string[];
  /** Time of the clock, ms since the epoch. */
  at: number;
}

/** All headers with this name in a request. */
export function headersNamed({ rawHeaders }: { rawHeaders: string[] }, name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
}

export const DEVICE_ID = "0123456789abcdef0123456789abcdef01234567";
export const CREDENTIAL: StoredCredential = {
  username: "someone",
  data: Buffer.from("a-stored-credential-that-is-secret"),
};

export function granted(
  token: string,
  { expires = 1_216_800, refresh = 1_209_600 }: { expires?: number; refresh?: number } = {},
): Scripted {
  return clientTokenAnswer({
    responseType: ClientTokenResponseType.RESPONSE_GRANTED_TOKEN_RESPONSE,
    response: {
      case: "grantedToken",
      value: { token, expiresAfterSeconds: expires, refreshAfterSeconds: refresh },
    },
  });
}

export function clientTokenAnswer(init: MessageInitShape<typeof ClientTokenResponseSchema>): Scripted {
  return { body: toBinary(ClientTokenResponseSchema, create(ClientTokenResponseSchema, init)) };
}

export function loginAnswer(init: MessageInitShape<typeof LoginResponseSchema>): Scripted {
  return { body: toBinary(LoginResponseSchema, create(LoginResponseSchema, init)) };
}

export function loggedIn(
  accessToken: string,
  { lifetime = 3600, credential = CREDENTIAL }: { lifetime?: number; credential?: StoredCredential } = {},
): Scripted {
  const { username, data } = credential;
  const value = { username, accessToken, storedCredential: data, accessTokenExpiresIn: lifetime };
  return loginAnswer({ response: { case: "ok", value } });
}

export function loginError(error: LoginError): Scripted {
  return loginAnswer({ response: { case: "error", value: error } });
}

/** A client token service and a login service that answer with a script, and record their requests. */
export class ScriptedSpotify {
  /** Answers in order; the last one is repeated. */
  clientTokens: Scripted[] = [granted("a-client-token-that-is-secret")];
  logins: Scripted[] = [loggedIn("an-access-token-that-is-secret")];
  readonly askedForClientToken: AskedOf<typeof ClientTokenRequestSchema>[] = [];
  readonly askedForLogin: AskedOf<typeof LoginRequestSchema>[] = [];
  /** What the sessions here have stored. */
  keptToken: ClientTokenState | undefined;
  readonly #kept = keptIn(
    () => this.keptToken,
    (token) => (this.keptToken = token),
  );
  readonly keptCredentials: StoredCredential[] = [];
  keptLimits: RateLimit[] = [];
  /** The credential of the account that is signed in. */
  credential: StoredCredential | undefined = CREDENTIAL;
  deviceId = DEVICE_ID;
  readonly http = new HttpClient();
  readonly guard = new RateLimitGuard((limits) => (this.keptLimits = limits));
  #server: { url: string; close(): Promise<void> } | undefined;
  readonly #made: { close(): void }[] = [];

  static async start(): Promise<ScriptedSpotify> {
    const scripted = new ScriptedSpotify();
    scripted.#server = await serveHttp((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { rawHeaders } = request;
        scripted.#answer(`${request.method} ${request.url}`, rawHeaders, Buffer.concat(chunks), response);
      });
    });
    return scripted;
  }

  /** Base URL of both. */
  get url(): string {
    return this.#server!.url;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  clientToken(options: Partial<ClientTokenOptions> = {}): ClientToken {
    const clientToken = new ClientToken({
      http: this.http,
      guard: this.guard,
      endpoint: this.url,
      deviceId: () => this.deviceId,
      kept: this.#kept,
      loaded: () => Promise.resolve(),
      ...options,
    });
    this.#made.push(clientToken);
    return clientToken;
  }

  login5(clientToken = this.clientToken()): Login5 {
    const login5 = new Login5({
      http: this.http,
      guard: this.guard,
      endpoint: this.url,
      clientToken,
      deviceId: () => this.deviceId,
      credentials: () => this.credential,
      keepCredential: (credential) => void this.keptCredentials.push(credential),
    });
    this.#made.push(login5);
    return login5;
  }

  async close(): Promise<void> {
    for (const made of this.#made) made.close();
    await this.http.close();
    await this.#server?.close();
  }

  #answer(what: string, rawHeaders: string[], body: Buffer, response: ServerResponse): void {
    const at = Date.now();
    if (what === "POST /v1/clienttoken") {
      this.askedForClientToken.push({ message: fromBinary(ClientTokenRequestSchema, body), rawHeaders, at });
      say(next(this.clientTokens), response);
    } else if (what === "POST /v3/login") {
      this.askedForLogin.push({ message: fromBinary(LoginRequestSchema, body), rawHeaders, at });
      say(next(this.logins), response);
    } else {
      response.writeHead(404).end();
    }
  }
}

function next(script: Scripted[]): Scripted {
  return (script.length > 1 ? script.shift() : script[0]) ?? {};
}

function say({ status = 200, headers, body, drop, silent }: Scripted, response: ServerResponse): void {
  if (silent) return;
  if (drop) return void response.req.socket.resetAndDestroy();
  response.writeHead(status, { "content-type": "application/x-protobuf", ...headers });
  response.end(body);
}

/** The client token that a session keeps over a restart, stored by the test. */
export function keptIn(
  read: () => ClientTokenState | undefined,
  write: (token: ClientTokenState | undefined) => void,
): ClientTokenOptions["kept"] {
  return {
    get value() {
      return read();
    },
    set: (token) => Promise.resolve(write(token)),
  };
}
