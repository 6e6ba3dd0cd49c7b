/** Shared by Login5, client tokens, connect-state and extended-metadata: protobuf over HTTP, and its failures. */
import { fromBinary, toBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { struck, strikes, type Faults } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";

const MEDIA_TYPE = "application/x-protobuf";
const HEADERS = { "content-type": MEDIA_TYPE };
/** Number of bytes that an over-long answer has in addition. */
const EXCESS = 8 << 20;
/** A field that is in no message of Spotify. */
const UNKNOWN_FIELD = 15_000;
/** A varint that never ends, which is therefore not protobuf. */
const GARBAGE = Buffer.alloc(64, 0xff);

export type Service = "login5" | "clientToken" | "connectState" | "extendedMetadata";

/** The result of a request: `record` goes into the journal. */
export interface Outcome<Record> {
  answer: HttpAnswer;
  record: Record;
}

export function message<Desc extends DescMessage>(schema: Desc, value: MessageShape<Desc>): HttpAnswer {
  return { status: 200, body: toBinary(schema, value), headers: HEADERS };
}

/** @returns undefined if the body is not such a message */
export function parse<Desc extends DescMessage>(
  schema: Desc,
  { bytes }: HttpRequest,
): MessageShape<Desc> | undefined {
  try {
    return fromBinary(schema, bytes);
  } catch {
    return undefined;
  }
}

/**
 * Carries a request out with `decide`, unless a fault prevents it.
 * @param nothing the record if the request is not read
 */
export function withFaults<Record>(
  faults: Faults,
  service: Service,
  nothing: Record,
  decide: () => Outcome<Record>,
): Outcome<Record> {
  const delay = struck(faults, `${service}Slow`) ?? 0;
  const { answer, record } = fail(faults, service, nothing) ?? decide();
  const isOverLong =
    answer.body instanceof Uint8Array &&
    struck(faults, `${service}Body`, (fault) => fault === "over-long") !== undefined;
  const body = isOverLong ? overLong(answer.body as Uint8Array) : answer.body;
  return { answer: { ...answer, body, delay }, record };
}

/** The answer that replaces carrying a request out. */
function fail<Record>(faults: Faults, service: Service, record: Record): Outcome<Record> | undefined {
  if (strikes(faults, `${service}Drop`)) return { answer: { status: 0, drop: true }, record };
  const status = struck(faults, `${service}Status`);
  if (status !== undefined) {
    return { answer: { status, body: "<html><body>Simulated failure</body></html>" }, record };
  }
  const fault = struck(faults, `${service}Body`, (kind) => kind !== "over-long");
  if (fault === undefined) return undefined;
  const body = fault === "garbage" ? GARBAGE : new Uint8Array();
  return { answer: { status: 200, body, headers: HEADERS }, record };
}

function overLong(body: Uint8Array): Uint8Array {
  const excess = new BinaryWriter()
    .tag(UNKNOWN_FIELD, WireType.LengthDelimited)
    .bytes(new Uint8Array(EXCESS))
    .finish();
  return Buffer.concat([body, excess]);
}
