/**
 * A speaker on the LAN without an account, or with another one: it answers getInfo and addUser, and connects to Spotify
 * with the credential that it receives.
 *
 * Sources: librespot discovery/src/server.rs and go-librespot zeroconf/zeroconf.go for answers; SpotifyWebApiPython,
 * zeroconfconnect.py, for devices that have no key yet and for the statuses of others.
 */
import type { Account } from "../index";
import {
  makeExchange,
  isValidPublicNumber,
  type Exchange,
  type ShortNumber,
} from "../access-point/handshake";
import { HttpService, type HttpAnswer, type HttpRequest } from "../http";
import { openBlob, readCredential } from "../official-app/blob-reader";
import type { BlobContents } from "../official-app/official-app-blob";
import type { SimulatedDevice } from "../world/devices";

export interface ReceiverOptions {
  /** The account whose credential it accepts, and whose devices it joins. */
  account: Account;
  /** Its device at Spotify, not online yet. */
  device: SimulatedDevice;
  /** Its model name. Default `librespot`. */
  model?: string;
  brand?: string;
  tokenType?: string;
  aliases?: readonly string[];
  /** The account that is signed in. */
  activeUser?: string;
  /** The path of its API. Default `/`. */
  path?: string;
  /** It creates its key only after the first attempt to sign it in. */
  isWithoutKey?: boolean;
  /** It answers LOGIN-FAILED this many times. */
  loginFailures?: number;
  /** How long it takes to connect to Spotify after it has signed in, ms; `never`: it does not. Default 0. */
  connectsAfter?: number | "never";
  /** A number of the exchange begins with a zero byte. */
  shortNumber?: ShortNumber;
  /** Replaces every answer. */
  answers?: HttpAnswer;
}

/** base64 of `INVALID`. */
const NO_KEY = "SU5WQUxJRA==";
const STORED_CREDENTIAL = 1;
const MAX_LOGINS = 100;

export class SimulatedReceiver {
  readonly options: ReceiverOptions;
  /** The credentials that it received and could decrypt, oldest first. */
  readonly logins: BlobContents[] = [];
  /** The forms of addUser, oldest first. */
  readonly forms: URLSearchParams[] = [];
  /** How often getInfo was requested. */
  infos = 0;
  #exchange: Exchange;
  #hasKey: boolean;
  #failures: number;
  #http: HttpService | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: ReceiverOptions) {
    this.options = options;
    this.#exchange = makeExchange(undefined, options.shortNumber);
    this.#hasKey = !(options.isWithoutKey ?? false);
    this.#failures = options.loginFailures ?? 0;
  }

  static async start(options: ReceiverOptions): Promise<SimulatedReceiver> {
    const receiver = new SimulatedReceiver(options);
    receiver.#http = await HttpService.start((request) => receiver.#answer(request));
    return receiver;
  }

  /** The address of its API. */
  get url(): string {
    return `${this.#http!.url}${this.options.path ?? "/"}`;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#http?.close();
  }

  #answer({ method, url, body }: HttpRequest): HttpAnswer {
    const { answers, path = "/" } = this.options;
    if (answers) return answers;
    const form = new URLSearchParams(method === "POST" ? body : url.search);
    if (url.pathname !== path) return { status: 404 };
    const action = form.get("action");
    if (method === "GET" && action === "getInfo") return this.#info();
    if (method === "POST" && action === "addUser") return this.#addUser(form);
    // Also resetUsers, which librespot does not know.
    return { status: 404 };
  }

  #info(): HttpAnswer {
    this.infos++;
    const { device, model = "librespot", brand = "librespot", tokenType = "default" } = this.options;
    const { activeUser = "", aliases = [] } = this.options;
    return ok({
      version: "2.7.1",
      deviceID: device.id,
      deviceType: "SPEAKER",
      remoteName: device.name,
      publicKey: this.#hasKey ? this.#publicKey : NO_KEY,
      brandDisplayName: brand,
      modelDisplayName: model,
      libraryVersion: "0.1.0",
      resolverVersion: "1",
      groupStatus: "NONE",
      tokenType,
      clientID: "65b708073fc0480ea92a077233ca87bd",
      productID: 0,
      scope: "streaming",
      availability: this.#hasKey ? "" : "NOT-LOADED",
      supported_drm_media_formats: [],
      supported_capabilities: 1,
      accountReq: "PREMIUM",
      activeUser,
      aliases: aliases.map((name, id) => ({ name, id, isGroup: false })),
    });
  }

  get #publicKey(): string {
    return this.#exchange.publicNumber.toString("base64");
  }

  #addUser(form: URLSearchParams): HttpAnswer {
    this.forms.push(form);
    if (!this.#hasKey) {
      this.#hasKey = true;
      return said(203, "ERROR-INVALID-PUBLICKEY", { publicKey: this.#publicKey });
    }
    const key = Buffer.from(form.get("clientKey") ?? "", "base64");
    const username = form.get("userName") ?? "";
    if (!isValidPublicNumber(key))
      return said(203, "ERROR-INVALID-PUBLICKEY", { publicKey: this.#publicKey });
    let login: BlobContents;
    try {
      const text = openBlob(Buffer.from(form.get("blob") ?? "", "base64"), this.#exchange.sharedWith(key));
      login = readCredential(text, username, this.options.device.id);
    } catch {
      return said(102, "ERROR-MAC");
    }
    if (this.logins.length < MAX_LOGINS) this.logins.push(login);
    if (this.#failures > 0) {
      this.#failures--;
      return said(202, "ERROR-LOGIN-FAILED");
    }
    // librespot answers before it signs in: a wrong credential is visible only in its log.
    if (this.#isGood(login)) this.#connectSoon();
    return ok({});
  }

  #isGood({ username, authType, authData }: BlobContents): boolean {
    const { account } = this.options;
    const isRight = account.storedCredential.equals(authData);
    return authType === STORED_CREDENTIAL && username === account.username && isRight;
  }

  #connectSoon(): void {
    const { connectsAfter = 0, device } = this.options;
    if (connectsAfter === "never") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => device.connect(), connectsAfter);
  }
}

function ok(fields: Record<string, unknown>): HttpAnswer {
  return said(101, "OK", fields);
}

function said(status: number, statusString: string, fields: Record<string, unknown> = {}): HttpAnswer {
  return { status: 200, body: { status, statusString, spotifyError: 0, ...fields } };
}
