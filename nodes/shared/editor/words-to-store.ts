/**
 * The words to store in a property that lists what was chosen. Pure.
 * @param known the words that this version offers, in the order in which they are stored
 * @param before as it was stored: words that only a later version knows are kept
 */
export function wordsToStore(known: readonly string[], chosen: readonly string[], before: unknown): string[] {
  const others = Array.isArray(before) ? before.filter((word) => typeof word === "string") : [];
  return [
    ...known.filter((word) => chosen.includes(word)),
    ...others.filter((word) => !known.includes(word)),
  ];
}
