/** Protobuf, written and read by hand, so that a mistake in `src/proto` is not repeated here. */

export function varint(value: number): Buffer {
  const sevens: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) sevens.push((value % 0x80) | 0x80);
  return Buffer.from([...sevens, value]);
}

/** A field of bytes, of text or of a message. */
export function bytes(number: number, value: Uint8Array | string): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

export function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

/** sint32: small negative numbers are encoded as small numbers too. */
export function signed(number: number, value: number): Buffer {
  return integer(number, value < 0 ? -2 * value - 1 : 2 * value);
}

export function message(...fields: Buffer[]): Buffer {
  return Buffer.concat(fields);
}

/** The fields of a message whose values are bytes or integers. */
export function fieldsOf(content: Buffer): { number: number; value: Buffer | number }[] {
  let at = 0;
  const readVarint = (): number => {
    let result = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = content[at++]!;
      result += (byte % 0x80) * factor;
      if (byte < 0x80) return result;
    }
  };
  const fields: { number: number; value: Buffer | number }[] = [];
  while (at < content.length) {
    const tag = readVarint();
    const value = readVarint();
    const isBytes = tag % 8 === 2;
    fields.push({
      number: Math.floor(tag / 8),
      value: isBytes ? content.subarray(at, (at += value)) : value,
    });
  }
  return fields;
}
