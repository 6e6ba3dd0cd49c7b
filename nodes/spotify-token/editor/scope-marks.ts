import type { Mark } from "./refusal";

/** Scopes that will probably be refused, each with why, and the name of the client ID they are refused to. */
export interface ScopeMarks {
  marks: ReadonlyMap<string, Mark>;
  clientIdName: string;
}
