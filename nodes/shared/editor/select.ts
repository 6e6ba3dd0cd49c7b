/** Keeps a value that this version does not offer, such as one from a later version or `${NAME}`, instead of losing it. */
export function keepUnoffered(select: HTMLSelectElement, value: unknown): void {
  if (typeof value !== "string" || value === "") return;
  if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
  select.value = value;
}
