/** `docs/requests.md`: the calls of the Web API that the request node knows. */
import { CALLS, CALLS_SOURCES } from "../../src/web-api/calls";
import { code, codes, table } from "./markdown";

export const requests = {
  calls: (): string => {
    const rows = CALLS.filter(({ gone }) => !gone).map(({ method, path, scopes, scopesForSome = [] }) => [
      code(`${method} ${path}`),
      codes(scopes),
      codes(scopesForSome),
    ]);
    return table(["call", "permissions it needs", "permissions for a part of it"], rows);
  },
  "calls-gone": (): string => {
    const rows = CALLS.flatMap(({ method, path, gone }) =>
      gone ? [[code(`${method} ${path}`), gone.since, gone.instead ? code(gone.instead) : "–"]] : [],
    );
    const sources = CALLS_SOURCES.map(({ source, date }) => `<${source}> (${date})`);
    return [table(["call", "gone since", "use instead"], rows), `Read in ${sources.join(", ")}.`].join(
      "\n\n",
    );
  },
};
