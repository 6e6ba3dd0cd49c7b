/** Something that a search has found. */
export interface Match {
  uri: string;
  /** Its title or name; empty if it is not known. */
  title: string;
  /** The names of its artists. */
  artists: readonly string[];
}

/**
 * What a person most likely means: the artist whose name is the words; else anything whose title is the words; else the first
 * one whose title and artists have all the words; else the first one.
 * @param matches at least one
 */
export function bestMatch(words: string, matches: readonly Match[]): Match {
  const wanted = simplified(words);
  const parts = wanted.split(" ");
  const hasAll = ({ title, artists }: Match): boolean => {
    const known = simplified([title, ...artists].join(" ")).split(" ");
    return parts.every((part) => known.includes(part));
  };
  const namesakes = matches.filter(({ title }) => simplified(title) === wanted);
  const artist = namesakes.find(({ uri }) => uri.startsWith("spotify:artist:"));
  return artist ?? namesakes[0] ?? matches.find(hasAll) ?? matches[0]!;
}

/** Small letters without accents and punctuation. */
function simplified(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
