import { seal, unseal } from "./seal";

/** Of the form of a bound document. It is part of what the seal is bound to, so it cannot be changed without the key. */
const FORMAT = "state document 2";
/** The longest text, in characters. A real one has a few KiB. */
export const MAX_DOCUMENT = 4 * 1024 * 1024;

export interface Opened {
  document: unknown;
  /** Whether it is of an earlier version, which did not bind a document to its account. */
  isUnbound: boolean;
}

/**
 * Seals a state document, bound to its account: a file that was copied over that of another account does not open, even if
 * both have the same key, as the instances of one subflow have.
 *
 * Earlier versions did not bind it. Their documents open until the first bound one has been seen: from then on an unbound
 * one is an old copy, perhaps of another account.
 */
export class SealedDocument {
  readonly #secrets: readonly [string, ...string[]];
  readonly #accountId: string | undefined;
  #mayBeUnbound = true;

  /**
   * @param secrets what documents are sealed with, first, and what may have sealed them before
   * @param accountId undefined: documents are not bound
   */
  constructor(secrets: readonly [string, ...string[]], accountId: string | undefined) {
    this.#secrets = secrets;
    this.#accountId = accountId;
  }

  /** @throws an error E2BIG if it would be too long to be read again */
  seal(document: unknown): string {
    const text = seal(JSON.stringify(document), this.#secrets[0], this.#place);
    if (text.length > MAX_DOCUMENT) throw Object.assign(new Error("It is too large."), { code: "E2BIG" });
    return text;
  }

  /** A bound document is safe on the disk: no other opens any more. */
  written(): void {
    this.#mayBeUnbound = false;
  }

  /** @returns undefined if the text is sealed with another key, belongs to another account, or is damaged */
  open(text: string): Opened | undefined {
    const bound = this.#open(text, this.#place);
    if (bound) {
      this.#mayBeUnbound = false;
      return { ...bound, isUnbound: false };
    }
    const unbound = this.#mayBeUnbound ? this.#open(text, "") : undefined;
    return unbound && { ...unbound, isUnbound: true };
  }

  get #place(): string {
    return this.#accountId === undefined ? "" : `${FORMAT} of ${this.#accountId}`;
  }

  #open(text: string, place: string): { document: unknown } | undefined {
    for (const secret of this.#secrets) {
      const plain = unseal(text, secret, place);
      if (plain !== undefined) return parse(plain);
    }
    return undefined;
  }
}

function parse(plain: string): { document: unknown } | undefined {
  try {
    return { document: JSON.parse(plain) as unknown };
  } catch {
    return undefined;
  }
}
