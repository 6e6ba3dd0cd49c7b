import { migrate, tidyClientId, withDefaults, type Migrated, type Step } from "../shared/migration";

const STEPS: readonly Step[] = [
  // 0.1.0, and flows that were written by hand for it: the runtime took a missing property for its default, an empty
  // source for `auto`, and scopes as one text; the dialog did not.
  (stored) => {
    const filled = withDefaults(stored, {
      scopes: [],
      clientId: "best",
      source: "",
      emit: "",
      authorizationHeader: true,
    });
    const { scopes, scopesType, clientId, clientIdType, source, emit } = filled;
    // A flow that was written by hand may have today's properties without a version.
    const isListed = scopesType === undefined || scopesType === "list";
    const isNamed = clientIdType === undefined || clientIdType === "str";
    return {
      ...filled,
      scopes: typeof scopes === "string" && isListed ? split(scopes) : scopes,
      clientId: isNamed ? tidyClientId(clientId) : clientId,
      source: source === "" ? "auto" : source,
      emit: emit === "" ? "input" : emit,
    };
  },
  // 0.1.0 put every token into the payload, and did not ask where the permissions come from.
  (stored) => withDefaults(stored, { output: "payload", scopesFromMessage: false }),
  // A box said that the permissions come in msg.scopes: that is now one of several places.
  ({ scopesFromMessage, ...stored }) => {
    const isEmpty = !Array.isArray(stored["scopes"]) || stored["scopes"].length === 0;
    const fromMessage = scopesFromMessage === true && isEmpty ? { scopes: "scopes", scopesType: "msg" } : {};
    return withDefaults({ ...stored, ...fromMessage }, { scopesType: "list", clientIdType: "str" });
  },
];

/** What the property `version` of a spotify-token is today. */
export const TOKEN_VERSION = STEPS.length;

/** The properties of a spotify-token, of whatever version, in today's form. */
export function migrateToken<Stored extends object>(stored: Stored): Migrated<Stored> {
  return migrate(stored, STEPS);
}

/** The scopes in a text that has them with commas or spaces between them, each once. */
function split(text: string): string[] {
  return [...new Set(text.split(/[\s,]/).filter((scope) => scope !== ""))];
}
