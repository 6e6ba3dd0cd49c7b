/** What a scope is called, and what it gives its user, in the editor's language. */
import { isEnvReference } from "../env";
import type { EnvTexts } from "../env-layers";
import type { Translate } from "../translate";
import { isKnownScope, isScopeName } from "./scopes";

export interface ScopeWords {
  label(scope: string): string;
  text(scope: string): string;
  /** Whether an environment variable may stand for scopes. */
  allowsVariables: boolean;
}

/** @param env says what environment variables stand for, if there may be some */
export function scopeWords(translate: Translate, env?: EnvTexts): ScopeWords {
  return {
    allowsVariables: env !== undefined,
    label: (scope) => (isKnownScope(scope) ? translate(`scope.${scope}.label`) : scope),
    text(scope) {
      if (env !== undefined && isEnvReference(scope)) return env.explain(scope);
      if (isKnownScope(scope)) return translate(`scope.${scope}.text`);
      return translate(isScopeName(scope) ? "scopes.unknown" : "scopes.invalid");
    },
  };
}
