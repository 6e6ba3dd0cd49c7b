import { SpotifyError, toSpotifyError } from "../core/errors";
import { openResponder, type CiaoService, type Responder } from "./ciao";
import { addressedInterfaces, multicastInterfaces } from "./multicast";

/** What is announced for one device. */
export interface Announcement {
  /** As `instanceName` gives it. */
  name: string;
  /** One label of letters, digits and dashes. */
  hostname: string;
  port: number;
  /** Is told where the name was taken, and which one it is now. */
  onRename: (name: string) => void;
  /** Is told that it is no longer announced, and has to be again. */
  onLost: () => void;
}

const SERVICE_TYPE = "spotify-connect";
/** Source: developer.spotify.com, commercial hardware, ZeroConf API; librespot discovery/src/lib.rs. */
const TXT = { VERSION: "1.0", CPath: "/" };
/** Probing takes a second, and one more for each name that is taken. */
const ADVERTISE_TIMEOUT = 20_000;
/** For goodbyes. */
const END_TIMEOUT = 2_000;
const LOOK_INTERVAL = 15_000;
const PROBE_TIME = 500;
const MOST_PROBE_WAITS = 6;

/**
 * The mDNS responder of this process, which all its devices share; there as long as one of them is.
 *
 * ciao (1.3) follows addresses that come and go on the interfaces it was given. What it does not do is done here: finding
 * new interfaces (by itself it starts a program every 15 s to list them), and starting anew. In ciao one probe that
 * fails, or is broken off, ends all probing for good, while services go on to seem announced. So services come and go
 * one at a time, none is taken back while it is probed for, and a responder that has failed is replaced.
 */
export class SharedResponder {
  static readonly #all = new Map<string, SharedResponder>();

  readonly #wanted: readonly string[] | undefined;
  readonly #services = new Map<Announcement, CiaoService>();
  #responder: Responder | undefined;
  #interfaces: ReadonlySet<string> = new Set();
  #silent: ReadonlySet<CiaoService> = new Set();
  #watch: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(wanted: readonly string[] | undefined) {
    this.#wanted = wanted;
  }

  /** @param interfaces names of those to be visible on; absent: all */
  static on(interfaces?: readonly string[]): SharedResponder {
    const key = JSON.stringify(interfaces ?? "all");
    const shared = this.#all.get(key) ?? new SharedResponder(interfaces);
    this.#all.set(key, shared);
    return shared;
  }

  /**
   * Resolves when the name has been found free (or made so) and the device is visible: after a second.
   * @throws SpotifyError UNREACHABLE if it cannot be
   */
  announce(announcement: Announcement): Promise<void> {
    return this.#inTurn(() => this.#announce(announcement));
  }

  /** Resolves when the LAN has been told; never rejects. */
  withdraw(announcement: Announcement): Promise<void> {
    return this.#inTurn(() => this.#withdraw(announcement));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #announce(announcement: Announcement): Promise<void> {
    try {
      const responder = (this.#responder ??= await this.#start());
      const { name, hostname, port, onRename } = announcement;
      const service = responder.createService({ name, hostname, port, type: SERVICE_TYPE, txt: TXT });
      service.on("name-change", onRename);
      await within(service.advertise(), ADVERTISE_TIMEOUT);
      if (isSilent(service)) throw new Error("The probing was ended.");
      this.#services.set(announcement, service);
    } catch (error) {
      await this.#stop();
      throw toSpotifyError(error, "UNREACHABLE", "The device could not be announced by mDNS.");
    }
  }

  async #withdraw(announcement: Announcement): Promise<void> {
    const service = this.#services.get(announcement);
    this.#services.delete(announcement);
    if (!service) return;
    if (this.#services.size === 0) return this.#stop();
    // After a change of the network ciao probes again, by itself.
    for (let i = 0; i < MOST_PROBE_WAITS && stateOf(service) === "probing"; i++) await pause(PROBE_TIME);
    try {
      await within(service.end(), END_TIMEOUT);
      await within(service.destroy(), END_TIMEOUT);
    } catch {
      // What is not said now, the others on the LAN find out when the record has had its time.
    }
  }

  async #start(): Promise<Responder> {
    const usable = await multicastInterfaces(this.#wanted);
    this.#interfaces = this.#addressed();
    this.#watch = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
    return openResponder(usable);
  }

  /** Lets go of the responder, with its sockets; what was announced learns that it has to be again. */
  async #stop(): Promise<void> {
    clearInterval(this.#watch);
    const responder = this.#responder;
    const lost = [...this.#services.keys()];
    this.#responder = undefined;
    this.#services.clear();
    this.#silent = new Set();
    if (responder) await shutDown(responder);
    for (const { onLost } of lost) onLost();
  }

  #look(): void {
    const silent = [...this.#services.values()].filter(isSilent);
    const isBroken = silent.some((service) => this.#silent.has(service));
    this.#silent = new Set(silent);
    const isNew = [...this.#addressed()].some((name) => !this.#interfaces.has(name));
    if (isBroken || isNew) void this.#inTurn(() => this.#stop());
  }

  #addressed(): ReadonlySet<string> {
    try {
      const names = [...addressedInterfaces().keys()];
      return new Set(names.filter((name) => this.#wanted?.includes(name) ?? true));
    } catch {
      // The system does not say: no news.
      return this.#interfaces;
    }
  }
}

/** ciao's `ServiceState`: unannounced, probing, probed, announcing, announced. */
function stateOf(service: CiaoService): string {
  return service.serviceState;
}

function isSilent(service: CiaoService): boolean {
  return stateOf(service) === "unannounced";
}

/** Says goodbye for all services and closes the sockets; the latter also where the goodbyes cannot be sent. */
async function shutDown(responder: Responder): Promise<void> {
  try {
    await within(responder.shutdown(), END_TIMEOUT);
  } catch {
    const { server } = responder as unknown as { server?: { shutdown?: () => void } };
    try {
      server?.shutdown?.();
    } catch {
      // Sockets that are closed already.
    }
  }
}

async function within<Result>(promise: Promise<Result>, delay: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SpotifyError("TIMEOUT", "mDNS did not answer in time.")), delay);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay));
}
