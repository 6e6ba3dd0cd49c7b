/** What a scope is called, and what it gives its user, in the editor's language. */
import type { Translate } from "../translate";
import { isKnownScope, isScopeName } from "./scopes";

export interface ScopeWords {
  label(scope: string): string;
  text(scope: string): string;
}

export function scopeWords(translate: Translate): ScopeWords {
  return {
    label: (scope) => (isKnownScope(scope) ? translate(`scope.${scope}.label`) : scope),
    text(scope) {
      if (isKnownScope(scope)) return translate(`scope.${scope}.text`);
      return translate(isScopeName(scope) ? "scopes.unknown" : "scopes.invalid");
    },
  };
}
