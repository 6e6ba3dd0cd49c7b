/**
 * Looks for services on the LAN by mDNS, like an app that opens its list of devices: one-shot queries from a separate
 * port, on every IPv4 interface, answered only to it. It also receives multicast answers: some responders, such
 * as librespot-java's, send no others. Source: RFC 6762, sections 5.1, 6 and 6.7.
 */
import { createSocket, type Socket } from "node:dgram";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import {
  firstLabel,
  readRecords,
  RecordType,
  writeQuery,
  type DnsRecord,
  type Question,
} from "./mdns-message";

const MULTICAST = "224.0.0.251";
const PORT = 5353;
const MAX_SERVICES = 1000;
const MAX_OVERHEARD = 1000;
/** Milliseconds between two queries: answers get lost, and services appear late. */
const ASK_AGAIN = 500;

// Read now, because devices on the LAN do not know a test's fake clock.
const realSetInterval = setInterval;
const realClearInterval = clearInterval;
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

export interface FoundService {
  /** As shown to people. */
  name: string;
  /** The best first: the one from which the answer came. */
  addresses: string[];
  port: number;
  /** From the TXT record; keys in lower case. */
  texts: Record<string, string>;
}

interface Known {
  port?: number;
  target?: string;
  texts?: Record<string, string>;
}

export class ServiceBrowser {
  readonly #type: string;
  readonly #onFound: (service: FoundService) => void;
  readonly #sockets: Socket[] = [];
  /** Multicast messages that are not read yet. */
  #overheard: { message: Buffer; from: string }[] = [];
  /** Receives multicast messages; sends no queries. */
  readonly #ear = createSocket({ type: "udp4", reuseAddr: true });
  readonly #services = new Map<string, Known>();
  readonly #addresses = new Map<string, Set<string>>();
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param type such as `_spotify-connect._tcp.local`
   * @param onFound called for each service once, as soon as everything about it is known
   */
  constructor(type: string, onFound: (service: FoundService) => void) {
    this.#type = type;
    this.#onFound = onFound;
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const addresses = all.map(({ address }) => address).filter((address) => isIPv4(address));
    this.#listenToAll(addresses);
    for (const address of addresses) this.#listen(address);
    this.#timer = realSetInterval(() => {
      this.#readOverheard();
      this.#ask();
    }, ASK_AGAIN);
  }

  close(): void {
    realClearInterval(this.#timer);
    this.#timer = undefined;
    this.#ear.close();
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  #listen(address: string): void {
    const socket = createSocket({ type: "udp4" });
    this.#sockets.push(socket);
    // An interface without multicast; others may have it.
    socket.on("error", () => {});
    socket.on("message", (message, { address: from }) => this.#read(message, from));
    socket.bind({ address, port: 0 }, () => {
      socket.setMulticastInterface(address);
      this.#ask(socket);
    });
  }

  #listenToAll(interfaces: readonly string[]): void {
    // The system does not allow listening here: services that answer only the asker are still found.
    this.#ear.on("error", () => {});
    this.#ear.on("message", (message, { address: from }) => {
      if (this.#overheard.length < MAX_OVERHEARD) this.#overheard.push({ message, from });
    });
    // On the group's address: on any other, it would take messages that are meant for this machine's responders.
    this.#ear.bind({ address: MULTICAST, port: PORT }, () => {
      for (const address of interfaces) joinGroup(this.#ear, address);
    });
  }

  /** An answer only to the asker has priority: it comes from the address that suits the asker best. */
  #readOverheard(): void {
    for (const { message, from } of this.#overheard) this.#read(message, from);
    this.#overheard = [];
  }

  #ask(only?: Socket): void {
    const query = writeQuery(this.#questions());
    for (const socket of only === undefined ? this.#sockets : [only]) {
      socket.send(query, PORT, MULTICAST, () => {});
    }
  }

  /** The services that were found, and the data that is still missing for them. */
  #questions(): Question[] {
    const open = [...this.#services].filter(([name]) => !this.#told.has(name)).slice(0, 10);
    return [
      { name: this.#type, type: RecordType.PTR },
      ...open.flatMap(([name, { target }]) => [
        { name, type: RecordType.SRV },
        { name, type: RecordType.TXT },
        ...(target === undefined ? [] : [{ name: target, type: RecordType.A }]),
      ]),
    ];
  }

  #read(message: Buffer, from: string): void {
    let records: DnsRecord[];
    try {
      records = readRecords(message);
    } catch {
      // Any device on the LAN may send anything.
      return;
    }
    for (const record of records) this.#learn(record);
    for (const name of this.#services.keys()) this.#tell(name, from);
  }

  #learn(record: DnsRecord): void {
    if (record.type === "PTR") {
      if (same(record.name, this.#type)) this.#known(record.target);
    } else if (record.type === "address") {
      const known = this.#addresses.get(record.name.toLowerCase()) ?? new Set();
      if (known.size < 32 && this.#addresses.size < MAX_SERVICES) known.add(record.address);
      this.#addresses.set(record.name.toLowerCase(), known);
    } else if (record.name.toLowerCase().endsWith(`.${this.#type.toLowerCase()}`)) {
      const known = this.#known(record.name);
      if (record.type === "TXT") known.texts = record.values;
      else Object.assign(known, { port: record.port, target: record.target });
    }
  }

  #known(name: string): Known {
    const known = this.#services.get(name) ?? {};
    if (this.#services.size < MAX_SERVICES) this.#services.set(name, known);
    return known;
  }

  #tell(name: string, from: string): void {
    const { port, target = "", texts } = this.#services.get(name) ?? {};
    const addresses = [...(this.#addresses.get(target.toLowerCase()) ?? [])];
    if (this.#told.has(name) || port === undefined || texts === undefined || addresses.length === 0) return;
    this.#told.add(name);
    addresses.sort((a, b) => rank(a, from) - rank(b, from));
    this.#onFound({ name: firstLabel(name), addresses, port, texts });
  }
}

/** Whether a service runs on this machine: a test should not contact other machines. */
export function isHere({ addresses }: FoundService): boolean {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? []);
  const own = new Set(all.map(({ address }) => address));
  return addresses.some((address) => own.has(address));
}

/**
 * Searches until `accept` accepts one of the services.
 * @param accept called for each; an error counts as a refusal
 * @throws Error if there is none in `timeout` ms
 */
export function findService<T>(
  type: string,
  accept: (service: FoundService) => Promise<T | undefined>,
  timeout: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const names: string[] = [];
    const end = (finish: () => void): void => {
      realClearTimeout(timer);
      browser.close();
      finish();
    };
    const browser = new ServiceBrowser(type, (service) => {
      names.push(service.name);
      accept(service).then(
        (found) => found !== undefined && end(() => resolve(found)),
        () => {},
      );
    });
    const timer = realSetTimeout(() => {
      const others = names.length === 0 ? "nobody" : names.join(", ");
      end(() => reject(new Error(`No such service in ${timeout} ms; there is ${others}`)));
    }, timeout);
  });
}

function joinGroup(socket: Socket, address: string): void {
  try {
    socket.addMembership(MULTICAST, address);
  } catch {
    // An interface without multicast, or one that was already joined through a second address.
  }
}

function rank(address: string, from: string): number {
  if (address === from) return 0;
  return isIPv4(address) ? 1 : 2;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
