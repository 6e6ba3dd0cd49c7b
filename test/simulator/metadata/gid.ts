/** The two notations of Spotify's 128-bit IDs: 22 digits in base62, and 32 in hexadecimal ("gid"). */

/** Source: a real answer of metadata/4 with its URI, which this file's test repeats. */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE = BigInt(DIGITS.length);
const LENGTH = 22;
const HEX_LENGTH = 32;

/** @throws RangeError if it is not the base62 notation of 128 bits */
export function gidOf(id: string): string {
  let value = 0n;
  for (const digit of id) {
    const worth = DIGITS.indexOf(digit);
    if (worth < 0) throw new RangeError(`Not a digit of base62: ${digit}`);
    value = value * BASE + BigInt(worth);
  }
  const hex = value.toString(16).padStart(HEX_LENGTH, "0");
  if (id.length !== LENGTH || hex.length > HEX_LENGTH) throw new RangeError(`Not a Spotify ID: ${id}`);
  return hex;
}

/** @param gid 32 hexadecimal digits */
export function idOfGid(gid: string): string {
  let value = BigInt(`0x${gid}`);
  let id = "";
  for (let place = 0; place < LENGTH; place++) {
    id = DIGITS.charAt(Number(value % BASE)) + id;
    value /= BASE;
  }
  return id;
}
