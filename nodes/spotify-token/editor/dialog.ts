/** The dialog as a whole: what is judged anew whenever the account, the client ID or the scopes change. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { openAccountDialog } from "../../shared/editor/account-dialog";
import { accountField } from "../../shared/editor/account-field";
import { advancedSection } from "../../shared/editor/advanced";
import { clientIdKey } from "../../shared/editor/client-id";
import { clientIdField } from "../../shared/editor/client-id-field";
import { clientIdRow } from "../../shared/editor/client-id-row";
import { byId } from "../../shared/editor/dom";
import { envTexts, type Placed } from "../../shared/editor/env-layers";
import { liveFeed } from "../../shared/editor/live-feed";
import { signedInApps } from "../../shared/editor/signed-in-apps";
import { keepUnoffered } from "../../shared/editor/select";
import type { Translate } from "../../shared/editor/translate";
import { explanationView } from "../../shared/editor/explanation";
import { judge, marksIfChosen, type SessionSetting } from "./refusal";
import { refusalNotice } from "./refusal-notice";
import { scopesField } from "../../shared/editor/scopes/scopes-field";
import { SCOPE_GROUPS, splitScopes } from "../../shared/editor/scopes/scopes";

declare const RED: EditorRED;

export interface TokenDialog {
  /** The value to store in `scopes`. */
  scopes(): string[] | string;
  close(): void;
}

/** What the dialog begins with: the node's properties in today's form. */
export interface TokenProperties {
  session: string;
  scopes: unknown;
  scopesType: unknown;
  clientId: string;
  source: string;
  emit: string;
}

function sessionSetting(id: string | undefined): SessionSetting | undefined {
  const session = RED.nodes.node(id ?? "") as Partial<SessionSetting> | null | undefined;
  if (session === null || session === undefined) return undefined;
  return { clientId: session.clientId ?? "", followClientId: session.followClientId ?? true };
}

/** Fills the dialog in; Node-RED has already filled the plain inputs. */
export function openDialog(node: Placed, translate: Translate, properties: TokenProperties): TokenDialog {
  const env = envTexts(node);
  const account = accountField(properties.session, env);
  const emit = byId("node-input-emit", HTMLSelectElement);
  const sourceSelect = byId("node-input-source", HTMLSelectElement);
  keepUnoffered(sourceSelect, properties.source);
  keepUnoffered(emit, properties.emit);
  advancedSection("spotify-token-advanced", properties.clientId !== "best" || properties.source !== "auto");

  const noticeBox = byId("spotify-refusal", HTMLElement);
  /** Which client ID an account has at the moment. */
  let current: { account: string | undefined; clientId: string } | undefined;
  const currentSession = (): SessionSetting | undefined => {
    const id = account.accountId();
    const setting = sessionSetting(id);
    return setting && { ...setting, now: current?.account === id ? current?.clientId : undefined };
  };
  const nameOf = (id: string): string => translate(`clientId.name.${clientIdKey(id)}`);

  const permissions = scopesField(byId("spotify-scopes", HTMLElement), properties, env, () => refresh());
  const { picker, words } = permissions;
  clientIdRow(byId("spotify-client-id", HTMLElement));
  const clientId = clientIdField({
    prefix: "node-input",
    translate,
    env,
    hint(choice) {
      if (choice !== "") return translate(`clientId.hint.${choice}`);
      const verdict = judge("", sessionSetting(account.accountId()), []);
      if (verdict.clientId === undefined) return translate("clientId.hint.session");
      const name = nameOf(verdict.clientId);
      return translate(`clientId.hint.${currentSession()?.followClientId ? "sessionNow" : "sessionPinned"}`, {
        name,
      });
    },
    changed() {
      refresh();
      noticeBox.scrollIntoView({ block: "nearest" });
    },
  });
  const choose = (chosen: string): void => clientId.choose(chosen);
  const notice = refusalNotice(noticeBox, translate, words, choose);
  const explanation = explanationView({
    box: byId("spotify-explanation", HTMLElement),
    outside: byId("spotify-verdict", HTMLElement),
    translate,
    label: (scope) => words.label(scope),
    locale: RED.i18n.lang(),
    choose,
    learned(now) {
      current = { account: account.accountId(), clientId: now };
      refresh();
    },
    openAccount: (way) => openAccountDialog(account.accountId(), { way, scopes: asked().scopes ?? [] }),
  });

  /** The scopes that are chosen; `scopes` is undefined if they are not known here. */
  function asked(): { chosen: readonly string[]; scopes: string[] | undefined } {
    const isListed = permissions.isListed();
    const chosen = isListed ? picker.chosen() : [];
    const meant = chosen.map((scope) => env.valueOf(scope));
    // What a variable of the operating system holds is not known here.
    const isKnown = isListed && meant.every((scope) => scope !== undefined);
    return { chosen, scopes: isKnown ? splitScopes(meant.join(" ")) : undefined };
  }

  function refresh(again = false): void {
    const { chosen, scopes } = asked();
    const known = scopes ?? chosen;
    const setting = clientId.isTyped() ? undefined : env.valueOf(clientId.value())?.toLowerCase();
    const source = env.valueOf(sourceSelect.value) ?? "";
    // Login5 is asked for no scope, and so refuses none.
    const verdict = judge(setting, currentSession(), source === "login5" ? [] : known);
    const offered = [...SCOPE_GROUPS.flatMap((group) => group.scopes), ...known];
    picker.mark({
      marks: marksIfChosen(setting, currentSession(), known, offered),
      clientIdName: nameOf(verdict.clientId ?? ""),
    });
    if (source === "login5") picker.sayWhenEmpty(translate("scopes.emptyLogin5"), "hint");
    else if (env.valueOf(emit.value) === "auto")
      picker.sayWhenEmpty(translate("scopes.emptyAuto"), "warning");
    else picker.sayWhenEmpty(translate("scopes.empty"), "hint");
    notice.show(verdict);
    clientId.refreshHint();
    explanation.show(
      {
        session: account.accountId(),
        scopes,
        isEmpty: permissions.isListed() && chosen.length === 0,
        clientId: setting,
        source,
        emit: env.valueOf(emit.value) ?? "",
        warned: verdict.marked.size > 0,
      },
      again,
    );
  }

  // The account's own dialog may be opened on top of this one and change what was judged here.
  const sessionChanged = (changed: { id?: string }): void => {
    if (changed.id === account.accountId()) refresh();
  };
  // The account's dialog was closed: the user may have signed in there.
  const onTop = (): void => refresh(true);
  const ending = new AbortController();
  const apps = signedInApps(() => account.accountId(), clientId.offerApps);
  liveFeed(() => account.accountId(), ending.signal).listen(() => {
    apps.refresh();
    refresh(true);
  });
  RED.events.on("nodes:change", sessionChanged);
  RED.events.on("editor:change", onTop);
  for (const input of [account.select, emit, sourceSelect]) $(input).on("change", () => refresh());
  $(account.select).on("change", () => apps.refresh());
  apps.refresh();
  refresh();
  return {
    scopes: () => permissions.value(),
    close() {
      apps.close();
      ending.abort();
      RED.events.off("nodes:change", sessionChanged);
      RED.events.off("editor:change", onTop);
      explanation.close();
    },
  };
}
