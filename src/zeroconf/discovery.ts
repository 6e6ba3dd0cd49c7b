import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";
import { retryUntilAborted } from "../async/retry";
import { ZeroconfActions, type ActionsOptions } from "./actions";
import { Advertiser } from "./advertiser";
import { SharedResponder } from "./responder";
import { ZeroconfServer } from "./zeroconf-server";

export type { Tap } from "./tap";

/** How a device on the LAN is shown, besides what its actions need. */
export interface DiscoveryOptions extends ActionsOptions {
  /** Names of the network interfaces to announce the device on. Default: all. */
  interfaces?: readonly string[];
  /** The port to listen on. 0 or absent: the last port if it is free, else any free port. */
  port?: number;
  lastPort?: () => number | undefined;
  /** Called with the port on which the device listens. */
  onListening?: (port: number) => void;
}

/** `off` until the first try has succeeded or failed, and after `close`. */
export type DiscoveryState = "off" | "visible" | "failed";

interface Events {
  state: [{ state: DiscoveryState; error: SpotifyError | undefined }];
}

const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 300_000;

/**
 * Makes a session visible on the LAN as a Spotify Connect device, so that a tap in one of Spotify's apps signs it in: an
 * HTTP server on a free port, and mDNS that announces it. Failures here are tried again; they are not errors of the session.
 *
 * Source: developer.spotify.com, commercial hardware, ZeroConf API.
 */
export class Discovery extends EventEmitter<Events> {
  readonly #options: DiscoveryOptions;
  readonly #closing = new AbortController();
  readonly #advertiser: Advertiser;
  #server: ZeroconfServer | undefined;
  #listening: Promise<void> | undefined;
  #port: number | undefined;
  #state: DiscoveryState = "off";
  #error: SpotifyError | undefined;

  constructor(options: DiscoveryOptions) {
    super();
    this.#options = options;
    this.#advertiser = new Advertiser(
      SharedResponder.on(options.interfaces),
      (error) => this.#set(error ? "failed" : "visible", error),
      (name) =>
        options.log("info", `Another device on the LAN has the name: announced as ${name}.`, "visibility"),
    );
  }

  get state(): DiscoveryState {
    return this.#state;
  }

  /** Why the session is not visible; undefined if it is. */
  get error(): SpotifyError | undefined {
    return this.#error;
  }

  /** The port of the HTTP server, while it listens. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Resolves when the first try has succeeded or failed, after about a second. Never rejects. */
  async start(): Promise<void> {
    if (this.#listening || this.#closing.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#listening = this.#listen(resolve);
      void this.#listening.then(() => this.#advertise()).then(resolve);
    });
  }

  /** Takes the device off the LAN and ends taps under way. No socket is left when this resolves. */
  async close(): Promise<void> {
    this.#closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    // The port is closed first, so that no tap arrives any more.
    await this.#listening;
    await this.#server?.close();
    this.#port = undefined;
    await this.#advertiser.close();
    this.#set("off", undefined);
  }

  /** Resolves when the server listens, or when the device is closed first. */
  async #listen(onTried: () => void): Promise<void> {
    const { signal } = this.#closing;
    const actions = new ZeroconfActions(this.#options, signal);
    this.#server = await retryUntilAborted(() => this.#open(actions), {
      backoff: new Backoff(FIRST_RETRY, LONGEST_RETRY),
      signal,
      onError: (cause) => {
        const message = whyNotOpened(this.#options.port, cause);
        this.#set("failed", new SpotifyError("UNREACHABLE", message, { cause }));
        onTried();
      },
    });
  }

  /** @throws the error of the operating system */
  async #open(actions: ZeroconfActions): Promise<ZeroconfServer> {
    const { port: configured, lastPort, onListening } = this.#options;
    const wanted = configured || (lastPort?.() ?? 0);
    const server = new ZeroconfServer((request) => actions.answer(request));
    try {
      this.#port = await server.listen(wanted);
    } catch (error) {
      if (configured || wanted === 0) throw error;
      // The last port is preferred because firewalls may allow it, but another program uses it now.
      this.#port = await server.listen();
    }
    onListening?.(this.#port);
    return server;
  }

  async #advertise(): Promise<void> {
    if (this.#closing.signal.aborted || this.#port === undefined) return;
    await this.#advertiser.start(this.#options.deviceName, this.#options.deviceId(), this.#port);
  }

  #set(state: DiscoveryState, error: SpotifyError | undefined): void {
    if (state === this.#state && error?.message === this.#error?.message) return;
    this.#state = state;
    this.#error = error;
    if (state === "visible") {
      this.#options.log(
        "info",
        `Visible on the LAN as a Spotify Connect device, on port ${this.#port}.`,
        "visibility",
      );
    }
    if (error) {
      this.#options.log("warn", `Not visible on the LAN: ${error.message} Trying again.`, "visibility");
    }
    this.emit("state", { state, error });
  }
}

function whyNotOpened(port: number | undefined, cause: unknown): string {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  if (!port) return `No port could be opened for Spotify's apps (${code}).`;
  if (code === "EADDRINUSE") {
    return `Port ${port} is used by another program. Choose another port in the account's dialog.`;
  }
  if (code === "EACCES") {
    return `This user may not open port ${port}. Choose a port from 1024 up in the account's dialog.`;
  }
  return `Port ${port} could not be opened for Spotify's apps (${code}).`;
}
