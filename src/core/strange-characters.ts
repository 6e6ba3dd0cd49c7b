/** Characters that look like nothing or like another one, and come with text that was copied from a page or a document. */
const NAMES: Readonly<Record<string, string>> = {
  "\u00ad": "a soft hyphen",
  "\u200b": "a zero-width space",
  "\u200c": "a zero-width non-joiner",
  "\u200d": "a zero-width joiner",
  "\u2060": "a word joiner",
  "\ufeff": "a zero-width no-break space",
  "\u2010": "a typographic hyphen",
  "\u2011": "a no-break hyphen",
  "\u2012": "a figure dash",
  "\u2013": "an en dash",
  "\u2014": "an em dash",
  "\u2212": "a minus sign",
  "\u2018": "a typographic quotation mark",
  "\u2019": "a typographic quotation mark",
  "\u201c": "a typographic quotation mark",
  "\u201d": "a typographic quotation mark",
  "\u201e": "a typographic quotation mark",
};
const MOST = 3;

/** Each character of `text` beyond ASCII by its name and number, at most three. */
export function strangeCharacters(text: string): string[] {
  const strange = new Set(Array.from(text).filter((character) => character > "\u007f"));
  return [...strange].slice(0, MOST).map((character) => {
    const number = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
    return `${NAMES[character] ?? "the character"} (${number})`;
  });
}
