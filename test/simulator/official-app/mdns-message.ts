/**
 * The parts of DNS messages that a search for a service needs.
 * Sources: RFC 1035, section 4; RFC 6762, section 18; RFC 6763 for TXT; RFC 2782 for SRV.
 */

export const RecordType = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const;

export interface Question {
  name: string;
  type: number;
}

/** A record of one of the types above; others are left out. */
export type DnsRecord = { name: string } & (
  | { type: "PTR"; target: string }
  | { type: "SRV"; target: string; port: number }
  | { type: "TXT"; values: Record<string, string> }
  | { type: "address"; address: string }
);

const IN = 1;
/** In a question: the answer may be sent only to the asker. */
const UNICAST_RESPONSE = 0x8000;
const HEADER_BYTES = 12;
/** A name has at most 255 bytes, and therefore not more labels than this. */
const MAX_LABELS = 128;
const MAX_RECORDS = 512;

export function writeQuery(questions: readonly Question[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(questions.length, 4);
  return Buffer.concat([
    header,
    ...questions.map(({ name, type }) => {
      const tail = Buffer.alloc(4);
      tail.writeUInt16BE(type, 0);
      tail.writeUInt16BE(IN | UNICAST_RESPONSE, 2);
      return Buffer.concat([writeName(name), tail]);
    }),
  ]);
}

/**
 * The records of a response, from all of its sections; none if it is a query.
 * @throws RangeError if it is not a DNS message
 */
export function readRecords(message: Buffer): DnsRecord[] {
  if (message.readUInt16BE(2) < 0x8000) return [];
  const questions = message.readUInt16BE(4);
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  if (questions + count > MAX_RECORDS) throw new RangeError("Too many records");
  let at = HEADER_BYTES;
  for (let i = 0; i < questions; i++) at = readName(message, at).end + 4;
  const records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    const { name, end } = readName(message, at);
    const type = message.readUInt16BE(end);
    const length = message.readUInt16BE(end + 8);
    const from = end + 10;
    at = from + length;
    if (at > message.length) throw new RangeError("A record longer than its message");
    const record = readRecord(message, name, type, from, length);
    if (record !== undefined) records.push(record);
  }
  return records;
}

function readRecord(
  message: Buffer,
  name: string,
  type: number,
  from: number,
  length: number,
): DnsRecord | undefined {
  const data = message.subarray(from, from + length);
  switch (type) {
    case RecordType.PTR:
      return { type: "PTR", name, target: readName(message, from).name };
    case RecordType.SRV:
      return { type: "SRV", name, port: data.readUInt16BE(4), target: readName(message, from + 6).name };
    case RecordType.TXT:
      return { type: "TXT", name, values: readTexts(data) };
    case RecordType.A:
      return length === 4 ? { type: "address", name, address: data.join(".") } : undefined;
    case RecordType.AAAA:
      return length === 16 ? { type: "address", name, address: ipv6(data) } : undefined;
    default:
      return undefined;
  }
}

/** Keys of TXT records may have any case; here they are lower case. */
function readTexts(data: Buffer): Record<string, string> {
  const entries: [string, string][] = [];
  for (let at = 0; at < data.length;) {
    const length = data.readUInt8(at);
    const text = data.toString("utf8", at + 1, at + 1 + length);
    const [key = ""] = text.split("=", 1);
    entries.push([key.toLowerCase(), text.slice(key.length + 1)]);
    at += 1 + length;
  }
  return Object.fromEntries(entries);
}

function ipv6(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => data.readUInt16BE(2 * i).toString(16));
  return groups.join(":");
}

/** Labels are joined with dots; a dot in a label is escaped, as in `dns-sd`. */
function readName(message: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  let end: number | undefined;
  for (let steps = 0; steps < MAX_LABELS; steps++) {
    const length = message.readUInt8(at);
    if (length === 0) return { name: labels.join("."), end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      continue;
    }
    const label = message.subarray(at + 1, at + 1 + length);
    if (length > 63 || label.length < length) throw new RangeError("A label longer than its message");
    labels.push(label.toString("utf8").replaceAll(/[\\.]/g, "\\$&"));
    at += 1 + length;
  }
  throw new RangeError("A name without an end");
}

function writeName(name: string): Buffer {
  const labels = name.match(/(?:[^\\.]|\\.)+/g) ?? [];
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label.replaceAll(/\\(.)/g, "$1"));
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  return Buffer.concat([...parts, Buffer.of(0)]);
}

/** The first label of a name, as it is shown to people. */
export function firstLabel(name: string): string {
  const [label = ""] = /^(?:[^\\.]|\\.)*/.exec(name) ?? [];
  return label.replaceAll(/\\(.)/g, "$1");
}
