import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A record of an answer: for PTR the name it points to, for SRV port and host, for TXT its texts, for A the address. */
export interface DnsRecord {
  name: string;
  type: number;
  data: string;
}

export const PTR = 12;
export const TXT = 16;
export const SRV = 33;
export const A = 1;
const SERVICE = "_spotify-connect._tcp.local";

/**
 * Asks the mDNS responders of this machine, over multicast on loopback, and returns every record that arrives within
 * `patience` ms, or as soon as `enough` says so. A legacy query (RFC 6762, 6.7), which is answered only to its sender.
 */
export async function ask(
  enough: (records: DnsRecord[]) => boolean,
  { name = SERVICE, type = PTR, patience = 1_000 } = {},
): Promise<DnsRecord[]> {
  const socket = createSocket("udp4");
  const records: DnsRecord[] = [];
  try {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.setMulticastInterface("127.0.0.1");
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      socket.on("message", (message) => {
        records.push(...parse(message));
        if (!enough(records)) return;
        clearTimeout(timer);
        resolve();
      });
      socket.send(query(name, type), 5353, "224.0.0.251");
    });
  } finally {
    socket.close();
  }
  return records;
}

/** The names that PTR records of Spotify's service point to, without the service. */
export function instances(records: DnsRecord[]): string[] {
  const names = records
    .filter(({ name, type }) => type === PTR && name === SERVICE)
    .map(({ data }) => data.slice(0, -SERVICE.length - 1));
  return [...new Set(names)].toSorted();
}

function query(name: string, type: number): Buffer {
  const labels = name.split(".").map((label) => {
    const bytes = Buffer.from(label);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  const header = Buffer.from([0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

function parse(message: Buffer): DnsRecord[] {
  let at = 12;
  for (let i = message.readUInt16BE(4); i > 0; i--) at = readName(message, at).next + 4;
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  const records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    const { name, next } = readName(message, at);
    const type = message.readUInt16BE(next);
    const start = next + 10;
    const length = message.readUInt16BE(next + 8);
    records.push({ name, type, data: dataOf(message, type, start, length) });
    at = start + length;
  }
  return records;
}

function dataOf(message: Buffer, type: number, start: number, length: number): string {
  switch (type) {
    case PTR:
      return readName(message, start).name;
    case SRV:
      return `${message.readUInt16BE(start + 4)} ${readName(message, start + 6).name}`;
    case A:
      return [...message.subarray(start, start + 4)].join(".");
    case TXT: {
      const texts: string[] = [];
      for (let at = start; at < start + length; at += 1 + message[at]!) {
        texts.push(message.subarray(at + 1, at + 1 + message[at]!).toString());
      }
      return texts.join(" ");
    }
    default:
      return "";
  }
}

function readName(message: Buffer, at: number): { name: string; next: number } {
  const labels: string[] = [];
  let next: number | undefined;
  for (;;) {
    const length = message[at]!;
    if (length === 0) return { name: labels.join("."), next: next ?? at + 1 };
    if (length >= 0xc0) {
      next ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
    } else {
      labels.push(message.subarray(at + 1, at + 1 + length).toString());
      at += 1 + length;
    }
  }
}
