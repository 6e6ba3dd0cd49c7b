/** Why a scope is marked: refused to that client ID by public report, or only the desktop client ID has it. */
export type Mark = "refused" | "desktopOnly";

/** Scopes that will probably be refused, each with why, and the name of the client ID they are refused to. */
export interface ScopeMarks {
  marks: ReadonlyMap<string, Mark>;
  clientIdName: string;
}
