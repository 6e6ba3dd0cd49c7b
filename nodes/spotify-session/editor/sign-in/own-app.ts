/** Signing in with an app of the user's own: authorization code with PKCE, no secret. */
import { isOwnAppId } from "../../../shared/editor/client-id";
import { byId } from "../../../shared/editor/dom";
import type { ScopeWords } from "../../../shared/editor/scopes/scope-words";
import { scopePicker } from "../../../shared/editor/scopes/scope-picker";
import type { Translate } from "../../../shared/editor/translate";
import { type Authorization, readAuthorization } from "./answers";
import { type Attempt, followAttempt, type Outcome } from "./attempt";
import { clientIdProblem } from "./client-id-problem";
import { copyButton } from "./copy-button";
import { countdownText, localDeadline } from "./countdown";
import { message } from "./message";
import { marksForOwnApp, OWN_APP_SCOPE_GROUPS, OWN_APP_SCOPES, splitForOwnApp } from "./own-app-scopes";
import { checkPastedAddress } from "./pasted-address";
import type { RedirectAddress } from "./redirect-address";
import { showDone, type Way, type WayOptions } from "./way";

export interface OwnAppOptions extends WayOptions {
  redirect: RedirectAddress;
  /** The scopes that are chosen at first. */
  scopes: readonly string[];
  words: ScopeWords;
  /** Looks up the texts of the scope picker, which are another node's. */
  translateScopes: Translate;
}

export interface OwnApp extends Way {
  /** Fills in what was signed in before. */
  prefill(clientId: string, scopes: readonly string[]): void;
}

export function ownApp(options: OwnAppOptions): OwnApp {
  const {
    ask,
    giveUpOnLeaving,
    changes,
    life,
    translate,
    begun,
    signedIn,
    doneText,
    redirect,
    words,
    translateScopes,
  } = options;
  const panel = byId("spotify-way-app", HTMLElement);
  const form = byId("spotify-app-form", HTMLElement);
  const clientId = byId("spotify-app-client-id", HTMLInputElement);
  const clientIdSaid = byId("spotify-app-client-id-problem", HTMLElement);
  const refusedSaid = byId("spotify-app-refused", HTMLElement);
  const begin = byId("spotify-app-begin", HTMLButtonElement);
  const running = byId("spotify-app-running", HTMLElement);
  const link = byId("spotify-app-link", HTMLAnchorElement);
  const countdown = byId("spotify-app-countdown", HTMLElement);
  const pasted = byId("spotify-app-pasted", HTMLInputElement);
  const pastedSaid = byId("spotify-app-pasted-problem", HTMLElement);
  const finish = byId("spotify-app-finish", HTMLButtonElement);
  const another = byId("spotify-app-another", HTMLButtonElement);
  const cancel = byId("spotify-app-cancel", HTMLButtonElement);
  const said = message(byId("spotify-app-message", HTMLElement), translate);
  let attempt: Attempt | undefined;
  let underWay: Authorization | undefined;

  const search = byId("spotify-app-scope-search", HTMLInputElement);
  const picker = scopePicker(
    {
      chips: byId("spotify-app-scope-chips", HTMLElement),
      empty: byId("spotify-app-scope-empty", HTMLElement),
      count: byId("spotify-app-scope-count", HTMLElement),
      search,
      list: byId("spotify-app-scope-list", HTMLElement),
    },
    options.scopes,
    words,
    translateScopes,
    judgeScopes,
    OWN_APP_SCOPE_GROUPS,
  );
  picker.sayWhenEmpty(translate("app.scopesEmpty"), "hint");
  byId("spotify-app-scope-all", HTMLButtonElement).addEventListener("click", () => {
    picker.choose([...new Set([...picker.chosen(), ...OWN_APP_SCOPES])]);
  });

  function judgeScopes(): void {
    const { refused } = splitForOwnApp(picker.chosen());
    refusedSaid.textContent =
      refused.length === 0 ? "" : translate("app.refused", { scopes: refused.join(", ") });
    const offered = [...OWN_APP_SCOPES, ...picker.chosen()];
    picker.mark({ marks: marksForOwnApp(offered), clientIdName: translate("clientId.name.own") });
  }

  const judgeClientId = (isFinal: boolean): boolean => {
    const problem = clientIdProblem(clientId.value, isFinal);
    clientId.setAttribute("aria-invalid", String(problem !== undefined));
    clientIdSaid.textContent =
      problem === undefined
        ? ""
        : translate(`app.clientIdProblem.${problem}`, { length: clientId.value.trim().length });
    return problem === undefined;
  };

  const judgePasted = (): boolean => {
    const verdict = checkPastedAddress(pasted.value, redirect.address);
    const wrong = verdict !== "good" && verdict !== "empty";
    pasted.setAttribute("aria-invalid", String(wrong));
    pastedSaid.textContent = wrong ? translate(`paste.problem.${verdict}`) : "";
    finish.disabled = verdict !== "good";
    return verdict === "good";
  };

  const showRunning = (shown: Authorization | undefined): void => {
    form.hidden = shown !== undefined;
    running.hidden = shown === undefined;
    underWay = shown;
    if (shown !== undefined) link.href = shown.url;
    pasted.value = "";
    judgePasted();
  };

  const ended = (outcome: Outcome): void => {
    const hadFocus = running.contains(document.activeElement);
    attempt = undefined;
    showRunning(undefined);
    if (outcome.state === "done") {
      said.say("good", doneText(outcome.username));
      showDone(panel, begin, true);
      clientId.value = "";
      signedIn();
    } else if (outcome.state === "failed") said.fail(outcome.failure);
    else said.say("bad", translate(outcome.state === "lost" ? "attempt.lost" : "app.over"));
    if (hadFocus) (outcome.state === "done" ? another : begin).focus();
  };

  const abandon = (isLeaving: boolean): void => {
    if (attempt === undefined || underWay === undefined) return;
    attempt.stop();
    attempt = undefined;
    if (isLeaving) giveUpOnLeaving(pathOf(underWay));
    else void ask("DELETE", pathOf(underWay));
  };

  /** Of a sign-in that began when the dialog was closed already, the user knows nothing. */
  const giveUp = (body: unknown): void => {
    const late = readAuthorization(body);
    if (late !== undefined) void ask("DELETE", pathOf(late));
  };

  const run = async (): Promise<void> => {
    if (!judgeClientId(true)) return clientId.focus();
    const scopes = splitForOwnApp(picker.chosen()).allowed;
    if (scopes.length === 0) {
      picker.sayWhenEmpty(translate("app.scopesEmpty"), "warning");
      return search.focus();
    }
    // Now, while the browser still takes it for the user's wish; it is led to Spotify when Node-RED has answered.
    const tab = window.open("about:blank", "_blank");
    begun();
    showDone(panel, begin, false);
    begin.disabled = true;
    said.say("busy", translate("app.asking"));
    const wanted = { clientId: clientId.value.trim().toLowerCase(), scopes, redirectUri: redirect.address };
    const result = await ask("POST", "authorization", wanted, giveUp);
    begin.disabled = false;
    const received = result.ok ? readAuthorization(result.body) : undefined;
    if (!result.ok || received === undefined) {
      tab?.close();
      return said.fail(result.ok ? { kind: "noAnswer", code: "", message: "" } : result.failure);
    }
    showRunning(received);
    said.say("busy", translate(tab === null ? "app.blocked" : "app.waiting"));
    if (redirect.kind === "comesBack") cancel.focus();
    else pasted.focus();
    attempt = followAttempt({
      ask,
      changes,
      life,
      path: pathOf(received),
      deadline: localDeadline(received.expiresAt, result.serverNow, Date.now()),
      tick: (left) => (countdown.textContent = translate("countdown", { time: countdownText(left) })),
      ended,
    });
    if (tab === null) return link.focus();
    // Spotify's page is to know nothing of this one.
    tab.opener = null;
    tab.location.replace(received.url);
  };

  const finishPasted = async (): Promise<void> => {
    const current = attempt;
    if (!judgePasted() || current === undefined || underWay === undefined) return;
    finish.disabled = true;
    said.say("busy", translate("paste.finishing"));
    const address = pasted.value.trim();
    const result = await ask("POST", `${pathOf(underWay)}/callback`, { address });
    if (current !== attempt) return;
    finish.disabled = false;
    if (!result.ok) return said.fail(result.failure);
    const { username } = result.body as { username?: unknown };
    current.end({ state: "done", username: typeof username === "string" ? username : undefined });
  };

  byId("spotify-app-error-page", HTMLElement).textContent = translate("app.errorPage", {
    address: redirect.address,
  });
  another.addEventListener("click", () => {
    showDone(panel, begin, false);
    said.clear();
    clientId.focus();
  });
  clientId.addEventListener("input", () => judgeClientId(false));
  clientId.addEventListener("change", () => judgeClientId(true));
  begin.addEventListener("click", () => void run());
  cancel.addEventListener("click", () => {
    abandon(false);
    showRunning(undefined);
    said.clear();
    begin.focus();
  });
  pasted.addEventListener("input", (event) => {
    const isPasted = event instanceof InputEvent && event.inputType === "insertFromPaste";
    if (judgePasted() && isPasted) void finishPasted();
  });
  pasted.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void finishPasted();
  });
  finish.addEventListener("click", () => void finishPasted());
  showRedirect(redirect, translate);
  showRunning(undefined);
  judgeScopes();

  return {
    abandon,
    reset() {
      if (attempt !== undefined) return;
      showDone(panel, begin, false);
      said.clear();
    },
    prefill(id, scopes) {
      if (!isOwnAppId(id)) return;
      showDone(panel, begin, false);
      clientId.value = id;
      judgeClientId(true);
      if (scopes.length > 0) picker.choose(scopes);
    },
  };
}

/** The address to register, why it is that one, and how the browser comes back. */
function showRedirect({ kind, address, editor }: RedirectAddress, translate: Translate): void {
  byId("spotify-app-redirect", HTMLElement).textContent = address;
  copyButton(byId("spotify-app-redirect-copy", HTMLElement), translate, () => address);
  byId("spotify-app-redirect-why", HTMLElement).textContent = translate(`redirect.why.${kind}`);
  const opener = byId("spotify-app-redirect-editor", HTMLAnchorElement);
  opener.hidden = editor === undefined;
  if (editor !== undefined) {
    opener.href = editor;
    opener.textContent = translate("redirect.openEditor", { address: editor });
  }
  byId("spotify-app-ahead", HTMLElement).hidden = kind === "comesBack";
  byId("spotify-app-returning", HTMLElement).hidden = kind !== "comesBack";
  byId("spotify-app-paste", HTMLDetailsElement).open = kind !== "comesBack";
}

function pathOf({ id }: Authorization): string {
  return `authorization/${encodeURIComponent(id)}`;
}
