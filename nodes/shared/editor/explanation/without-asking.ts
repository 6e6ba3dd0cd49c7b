/** What can be said of a token without asking Node-RED. Pure. */
import { WEB_API_BLOCK, webApiRefuses } from "../../../../src/core/knowledge";
import { clientIdKey, isValidSetting, OWN_APP, sessionClientId } from "../client-id";
import { webApiHeadline } from "./web-api-words";
import { type ExplanationWords, NOTHING_TO_DO, type Wording } from "./words";

export interface Unasked {
  source: string;
  /** Whether no scope is chosen. */
  isEmpty: boolean;
  /** The node's property; undefined if it is not known here. */
  clientId: string | undefined;
  /** Whether the dialog says already that Spotify is reported to refuse this client ID these scopes. */
  warned: boolean;
}

/** Undefined if nothing is certain. */
export function wordsWithoutAsking(
  { source, isEmpty, clientId, warned }: Unasked,
  wording: Wording,
): ExplanationWords | undefined {
  const say = (tone: ExplanationWords["tone"], key: string, matters = true): ExplanationWords => {
    const headline = wording.translate(`explain.${key}`);
    return { tone, headline, matters, remedy: NOTHING_TO_DO, sources: [] };
  };
  if (source === "login5") return isEmpty ? say("mind", "login5", false) : say("none", "none.has-scopes");
  if (isEmpty && source === "keymaster") return say("none", "none.needs-scopes");
  if (isEmpty) return source === "auto" ? say("mind", "withoutScopes") : undefined;
  return isNamed(clientId) && !warned ? spotifysOwn(sessionClientId(clientId), wording) : undefined;
}

function isNamed(clientId: string | undefined): clientId is string {
  return clientId !== undefined && clientId !== "" && clientId !== "best" && clientId !== OWN_APP;
}

/** Who is signed in does not matter to what the Web API does with tokens of Spotify's own apps. */
function spotifysOwn(clientId: string, wording: Wording): ExplanationWords | undefined {
  if (!isValidSetting(clientId, []) || clientIdKey(clientId) === OWN_APP) return undefined;
  const refusal = webApiRefuses(clientId)
    ? ({ refused: true, known: "reported", since: WEB_API_BLOCK.since } as const)
    : ({ refused: true, known: "assumed" } as const);
  return {
    tone: "mind",
    headline: webApiHeadline(refusal, clientId, wording),
    matters: true,
    remedy: { ...NOTHING_TO_DO, account: "own-app" },
    sources: [],
  };
}
