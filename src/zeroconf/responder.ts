import { SpotifyError, toSpotifyError } from "../core/errors";
import { withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { Serial } from "../async/serial";
import { wait } from "../async/wait";
import { openResponder, type CiaoService, type Responder } from "./ciao";
import { addressedInterfaces, multicastInterfaces } from "./multicast";

/** What is announced for one device. */
export interface Announcement {
  /** As `instanceName` gives it. */
  name: string;
  /** One label of letters, digits and dashes. */
  hostname: string;
  port: number;
  /** Called with the new name if the name was taken. */
  onRename: (name: string) => void;
  /** Called when the device is no longer announced and must be announced again. */
  onLost: () => void;
}

const SERVICE_TYPE = "spotify-connect";
/** Source: developer.spotify.com, commercial hardware, ZeroConf API; librespot discovery/src/lib.rs. */
const TXT = { VERSION: "1.0", CPath: "/" };
/** All in ms. Probing takes a second, and another one for each name that is taken. */
const ADVERTISE_TIMEOUT = 20_000;
const GOODBYE_TIMEOUT = 2_000;
const CHECK_INTERVAL = 15_000;
const PROBE_TIME = 500;
const MAX_PROBE_WAITS = 6;

/**
 * The mDNS responder that all devices of this process share. It runs while at least one of them is announced.
 *
 * ciao (1.3) follows addresses that come and go on the interfaces it was given. This class adds two things. It finds new
 * interfaces; ciao would start a program every 15 s to list them. And it replaces a responder that has failed: in ciao,
 * one probe that fails or is cancelled ends all probing for good, while its services still seem to be announced. For the
 * same reason services are added and removed one at a time, and never removed during their probe.
 */
export class SharedResponder {
  static readonly #all = new Map<string, SharedResponder>();

  readonly #wanted: readonly string[] | undefined;
  readonly #services = new Map<Announcement, CiaoService>();
  #responder: Responder | undefined;
  #interfaces: ReadonlySet<string> = new Set();
  #silent: ReadonlySet<CiaoService> = new Set();
  #health: NodeJS.Timeout | undefined;
  readonly #queue = new Serial();

  private constructor(wanted: readonly string[] | undefined) {
    this.#wanted = wanted;
  }

  /** @param interfaces names of those to be visible on. Default: all */
  static on(interfaces?: readonly string[]): SharedResponder {
    const key = JSON.stringify(interfaces ?? "all");
    const shared = this.#all.get(key) ?? new SharedResponder(interfaces);
    this.#all.set(key, shared);
    return shared;
  }

  /**
   * Resolves when the device is visible under a free name, after about a second.
   * @throws SpotifyError UNREACHABLE if it cannot be
   */
  announce(announcement: Announcement): Promise<void> {
    return this.#queue.run(() => this.#announce(announcement));
  }

  /** Resolves when the goodbye was sent. Never rejects. */
  withdraw(announcement: Announcement): Promise<void> {
    return this.#queue.run(() => this.#withdraw(announcement));
  }

  async #announce(announcement: Announcement): Promise<void> {
    try {
      const responder = (this.#responder ??= await this.#start());
      const { name, hostname, port, onRename } = announcement;
      const service = responder.createService({ name, hostname, port, type: SERVICE_TYPE, txt: TXT });
      service.on("name-change", onRename);
      await within(ADVERTISE_TIMEOUT, service.advertise());
      if (isSilent(service)) throw new Error("The probe was cancelled.");
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
    // ciao probes again by itself after a change of the network.
    for (let i = 0; i < MAX_PROBE_WAITS && stateOf(service) === "probing"; i++) await wait(PROBE_TIME);
    try {
      await within(GOODBYE_TIMEOUT, service.end());
      await within(GOODBYE_TIMEOUT, service.destroy());
    } catch {
      // Without a goodbye, others on the LAN forget the device when its records expire.
    }
  }

  async #start(): Promise<Responder> {
    const usable = await multicastInterfaces(this.#wanted);
    this.#interfaces = this.#addressed();
    this.#health = setInterval(() => this.#checkHealth(), CHECK_INTERVAL).unref();
    return openResponder(usable);
  }

  /** Ends the responder and closes its sockets. All announced devices are told that they must be announced again. */
  async #stop(): Promise<void> {
    clearInterval(this.#health);
    const responder = this.#responder;
    const lost = [...this.#services.keys()];
    this.#responder = undefined;
    this.#services.clear();
    this.#silent = new Set();
    if (responder) await shutDown(responder);
    for (const { onLost } of lost) onLost();
  }

  /** Replaces a responder whose service stays silent for two checks, or if there is a new interface. */
  #checkHealth(): void {
    const silent = [...this.#services.values()].filter(isSilent);
    const isBroken = silent.some((service) => this.#silent.has(service));
    this.#silent = new Set(silent);
    const isNew = [...this.#addressed()].some((name) => !this.#interfaces.has(name));
    if (isBroken || isNew) void this.#queue.run(() => this.#stop());
  }

  #addressed(): ReadonlySet<string> {
    try {
      const names = [...addressedInterfaces().keys()];
      return new Set(names.filter((name) => this.#wanted?.includes(name) ?? true));
    } catch {
      // The system does not list its interfaces now.
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

/** Says goodbye for all services and closes the sockets, even if the goodbyes cannot be sent. */
async function shutDown(responder: Responder): Promise<void> {
  try {
    await within(GOODBYE_TIMEOUT, responder.shutdown());
  } catch {
    const { server } = responder as unknown as { server?: { shutdown?: () => void } };
    try {
      server?.shutdown?.();
    } catch {
      // The sockets are closed already.
    }
  }
}

function within<Result>(limit: number, promise: Promise<Result>): Promise<Result> {
  const late = (): SpotifyError => new SpotifyError("TIMEOUT", "mDNS did not answer in time.");
  return withDeadline(limit, late, (signal) => raceAbort(signal, promise));
}
