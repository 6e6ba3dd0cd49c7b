import { SpotifyError } from "../core/errors";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const BRACKETS = { "[": 0x5b, "]": 0x5d, "{": 0x7b, "}": 0x7d } as const;

/**
 * Goes through a JSON text without making anything of it, to find its parts. What it skips it does not check: each part
 * is to be parsed before it is believed.
 *
 * Every method throws SpotifyError PROTOCOL_ERROR where the text cannot be JSON, and for a value longer than may be
 * skipped at once.
 */
export class JsonWalk {
  /** Where it is, in bytes. */
  at = 0;
  readonly #bytes: Buffer;
  readonly #mostSkipped: number;

  /** @param mostSkipped bytes */
  constructor(bytes: Buffer, mostSkipped: number) {
    this.#bytes = bytes;
    this.#mostSkipped = mostSkipped;
  }

  /** What comes next: the first byte of a value. */
  next(): string {
    this.#skipSpace();
    return String.fromCharCode(this.#bytes[this.at] ?? 0);
  }

  /**
   * The members of the object that comes next, by their names. With each, the walk is before its value, and whoever asks
   * is to go behind it.
   */
  *members(): Generator<string> {
    if (!this.#opens(BRACKETS["{"], BRACKETS["}"])) return;
    do {
      this.#skipSpace();
      const from = this.at;
      this.#skipString();
      const name = String(this.parsed(from, this.at));
      this.#expect(COLON);
      this.#skipSpace();
      yield name;
    } while (this.#goesOn(BRACKETS["}"]));
  }

  /** The elements of the list that comes next, by their places. As `members`. */
  *elements(): Generator<number> {
    if (!this.#opens(BRACKETS["["], BRACKETS["]"])) return;
    let place = 0;
    do {
      this.#skipSpace();
      yield place++;
    } while (this.#goesOn(BRACKETS["]"]));
  }

  /** Goes behind the value that comes next. */
  skip(): void {
    this.#skipSpace();
    const from = this.at;
    for (let depth = 0; ;) {
      const byte = this.#bytes[this.at];
      if (byte === undefined) throw noJson();
      if (byte === QUOTE) this.#skipString();
      else if (byte === BRACKETS["]"] || byte === BRACKETS["}"]) {
        // The end of what this value is in: it was a number, or none.
        if (depth === 0) return;
        this.at++;
        depth--;
      } else if (depth === 0 && byte === COMMA) return;
      else {
        if (byte === BRACKETS["["] || byte === BRACKETS["{"]) depth++;
        this.at++;
      }
      if (this.at - from > this.#mostSkipped) throw tooLarge();
      if (depth === 0 && this.#isClosed(byte)) return;
    }
  }

  /** What is between two places. */
  parsed(from: number, to: number): unknown {
    try {
      return JSON.parse(this.#bytes.toString("utf8", from, to));
    } catch {
      throw noJson();
    }
  }

  #isClosed(byte: number): boolean {
    return byte === QUOTE || byte === BRACKETS["]"] || byte === BRACKETS["}"];
  }

  #skipString(): void {
    if (this.#bytes[this.at] !== QUOTE) throw noJson();
    let end = this.at;
    do {
      end = this.#bytes.indexOf(QUOTE, end + 1);
      if (end < 0) throw noJson();
    } while (this.#isEscaped(end));
    this.at = end + 1;
  }

  /** Whether an odd number of backslashes is before this place. */
  #isEscaped(place: number): boolean {
    let from = place;
    while (this.#bytes[from - 1] === BACKSLASH) from--;
    return (place - from) % 2 === 1;
  }

  #skipSpace(): void {
    while ((this.#bytes[this.at] ?? 0xff) <= 0x20) this.at++;
  }

  /** Goes into what begins so. @returns whether anything is in it */
  #opens(open: number, close: number): boolean {
    this.#expect(open);
    this.#skipSpace();
    if (this.#bytes[this.at] !== close) return true;
    this.at++;
    return false;
  }

  /** @returns whether another one follows; else it has gone out of what ends so */
  #goesOn(close: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.at] === COMMA) {
      this.at++;
      return true;
    }
    this.#expect(close);
    return false;
  }

  #expect(byte: number): void {
    this.#skipSpace();
    if (this.#bytes[this.at] !== byte) throw noJson();
    this.at++;
  }
}

function noJson(): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", "Spotify sent what is no JSON.");
}

function tooLarge(): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", "Spotify sent a value that is too large.");
}
