/** An object of a document of the Web API. Its fields may hold anything. */
export type Fields = Readonly<Partial<Record<string, unknown>>>;

/** The value, if it is an object. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Whether it is a number that one can calculate with. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
