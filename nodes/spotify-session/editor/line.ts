/** A text of the catalog with its values. A value that is itself a name of a client ID is in `names`. */
import type { Translate } from "../../shared/editor/translate";

export interface Line {
  key: string;
  values?: Record<string, string | number>;
  names?: Record<string, string>;
}

export function lineText(translate: Translate, { key, values, names }: Line): string {
  const named = Object.entries(names ?? {}).map(([name, id]) => [name, translate(`clientId.name.${id}`)]);
  return translate(key, { ...values, ...Object.fromEntries(named) });
}
