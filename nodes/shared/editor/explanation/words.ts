/** Where a token will come from, and why not from elsewhere, in words. Pure. */
import type { Explanation, SourceChoice, SourceVerdict } from "../../../../src/tokens/explanation";
import type { TokenSourceName } from "../../../../src/core/token";
import { clientIdKey, OWN_APP } from "../client-id";
import type { Translate } from "../translate";
import { pivotOf } from "./pivot";
import { webApiHeadline } from "./web-api-words";

/** What is to be done where no source can give the token. */
export interface Remedy {
  /** Choose `best`. */
  best: boolean;
  /** Name this client ID. */
  app: string | undefined;
  /** Sign in, in the account's dialog: with an own app, or in any way. */
  account: "own-app" | "any" | undefined;
}

export interface ExplanationWords {
  /** `mind`: there may be a token, but not one for everything. */
  tone: "good" | "mind" | "none";
  /** One sentence. */
  headline: string;
  /** Whether every user is to see it: there would be no token, or not one for what most flows do. */
  matters: boolean;
  remedy: Remedy;
  /** Each source, in the order in which they are considered. */
  sources: { source: TokenSourceName; taken: boolean; name: string; text: string }[];
}

/** How the words are made, and what else the dialog shows. */
export interface Wording {
  translate: Translate;
  /** What a scope is called. */
  label(scope: string): string;
  /** Writes a time (ms since the epoch) the way the user's language does. */
  when(time: number): string;
  /** Writes the month of a day (`YYYY-MM-DD`). */
  month(date: string): string;
}

/** What the user has chosen. */
export interface Choice {
  source: SourceChoice;
  /** The node's property `clientId`. */
  clientId: string;
  /** Whether the dialog says already that Spotify is reported to refuse this client ID these scopes. */
  warned: boolean;
}

export const NOTHING_TO_DO: Remedy = { best: false, app: undefined, account: undefined };
/** What only another sign-in mends. */
const NEEDS_SIGN_IN: ReadonlySet<SourceVerdict["reason"]> = new Set([
  "no-grant",
  "grant-ended",
  "grant-lacks",
  "grant-held",
  "not-signed-in",
]);

/** What an own app mends, whichever client ID is chosen. */
const NEEDS_OWN_APP: ReadonlySet<SourceVerdict["reason"]> = new Set([
  "refused-account",
  "refused-client",
  "refused-scopes",
]);

/** What is never why there is no token. */
const NO_OBSTACLE: ReadonlySet<SourceVerdict["reason"]> = new Set([
  "grant-covers",
  "mints",
  "no-scopes",
  "not-needed",
  "not-chosen",
]);

export function explanationWords(
  explanation: Explanation,
  choice: Choice,
  wording: Wording,
): ExplanationWords {
  const { clientId, sources } = explanation;
  return {
    ...headlineOf(explanation, choice, wording),
    sources: sources.map((verdict) => ({
      source: verdict.source,
      taken: verdict.taken,
      name: wording.translate(`explain.source.${verdict.source}`, {
        client: clientText(clientId, wording.translate),
      }),
      text: reasonText(verdict, clientId, choice.warned, wording),
    })),
  };
}

/** A client ID as people know it: `Desktop`, `your app 0123abcd…`. */
export function clientText(clientId: string, translate: Translate): string {
  const key = clientIdKey(clientId);
  return translate(`explain.client.${key}`, key === OWN_APP ? { id: `${clientId.slice(0, 8)}…` } : {});
}

function headlineOf(
  explanation: Explanation,
  choice: Choice,
  wording: Wording,
): Omit<ExplanationWords, "sources"> {
  const { translate, when } = wording;
  const { clientId, scopes, source, sources, webApi, otherApp } = explanation;
  const client = clientText(clientId, translate);
  const say = (tone: ExplanationWords["tone"], key: string, remedy: Partial<Remedy> = {}) => ({
    tone,
    headline: translate(`explain.${key}`, { client }),
    matters: tone === "none",
    remedy: { ...NOTHING_TO_DO, ...remedy },
  });
  const canBest = choice.clientId !== "best";
  const usesApps = choice.source === "auto" || choice.source === "oauth";
  const withApp: Partial<Remedy> =
    otherApp === undefined ? { account: "own-app" } : { best: canBest, app: otherApp };
  if (source === "login5") {
    const matters = choice.source !== "login5";
    return { ...say("mind", "login5", usesApps ? withApp : {}), matters };
  }
  if (source !== undefined && webApi !== undefined) {
    return {
      tone: "mind",
      headline: webApiHeadline(webApi, clientId, wording),
      // The notice has said what is wrong, and offers a way out.
      matters: !choice.warned,
      remedy: { ...NOTHING_TO_DO, ...(usesApps && withApp) },
    };
  }
  if (source === "keymaster") {
    const isDoubtful = sources.some((verdict) => verdict.taken && (verdict.scopes?.length ?? 0) > 0);
    return isDoubtful ? say("mind", "keymasterDoubtful") : say("good", "keymaster");
  }
  if (source === "oauth") {
    const whose = clientIdKey(clientId) === OWN_APP ? "app" : "signIn";
    return say("good", `${whose}${scopes.length === 0 ? "All" : ""}`);
  }

  if (otherApp !== undefined && usesApps) {
    const headline = translate("explain.none.otherApp", { client, app: clientText(otherApp, translate) });
    return { tone: "none", headline, matters: true, remedy: { ...NOTHING_TO_DO, ...withApp } };
  }
  const pivot = pivotOf(explanation, choice.source);
  if (pivot.reason === "session-over") {
    const error = errorText(pivot, translate);
    const headline = translate("explain.none.session-over", { error });
    return { tone: "none", headline, matters: true, remedy: { ...NOTHING_TO_DO, account: "any" } };
  }
  if (pivot.reason === "refused-scopes" && choice.warned) {
    // The notice has said which scopes, and what to do.
    const headline = translate("explain.none.asReported", { since: when(pivot.since ?? 0) });
    return { tone: "none", headline, matters: false, remedy: NOTHING_TO_DO };
  }
  const onlySource = choice.source === "keymaster" && pivot.reason.startsWith("refused-");
  const key = NO_OBSTACLE.has(pivot.reason) ? "nowhere" : pivot.reason;
  return say("none", `none.${onlySource ? "onlyKeymaster" : key}`, {
    best: pivot.reason === "refused-scopes" && canBest,
    account: onlySource ? undefined : signInFor(pivot.reason, clientId),
  });
}

/** Which sign-in mends it, if one does. */
function signInFor(reason: SourceVerdict["reason"], clientId: string): Remedy["account"] {
  if (NEEDS_OWN_APP.has(reason)) return "own-app";
  if (!NEEDS_SIGN_IN.has(reason)) return undefined;
  // The account's dialog has a button that needs no sign-in.
  if (reason === "grant-held") return "any";
  return reason !== "not-signed-in" && clientIdKey(clientId) === OWN_APP ? "own-app" : "any";
}

/** @param warned whether the notice has said already which scopes are reported to be refused */
function reasonText(
  verdict: SourceVerdict,
  clientId: string,
  warned: boolean,
  { translate, label, when }: Wording,
): string {
  const { reason, scopes, since, until } = verdict;
  const isDoubtful = reason === "mints" && (scopes?.length ?? 0) > 0;
  const key = isDoubtful ? `mints-${warned ? "reported" : "doubtful"}` : reason;
  return translate(`explain.reason.${key}`, {
    client: clientText(clientId, translate),
    scopes: (scopes ?? []).map(label).join(" · "),
    since: since === undefined ? "–" : when(since),
    until: until === undefined ? "–" : when(until),
    error: errorText(verdict, translate),
  });
}

function errorText({ code }: SourceVerdict, translate: Translate): string {
  return code === undefined ? "" : translate(`errors.${code}`);
}
