/** The dialog as a whole: what is said of the call and of the account whenever one of them changes. */
import type { RED as EditorRED } from "@node-red/editor-client";
import type { Call } from "../../../src/web-api/calls";
import { openAccountDialog } from "../../shared/editor/account-dialog";
import { accountField } from "../../shared/editor/account-field";
import { advancedSection } from "../../shared/editor/advanced";
import { clientIdField } from "../../shared/editor/client-id-field";
import { clientIdRow } from "../../shared/editor/client-id-row";
import { byId } from "../../shared/editor/dom";
import { envTexts, type Placed } from "../../shared/editor/env-layers";
import { explanationView } from "../../shared/editor/explanation";
import { knownCall, scopesToGrant } from "../../shared/editor/known-call";
import { liveFeed } from "../../shared/editor/live-feed";
import { scopesField } from "../../shared/editor/scopes/scopes-field";
import { splitScopes } from "../../shared/editor/scopes/scopes";
import { signedInApps } from "../../shared/editor/signed-in-apps";
import { textsOf, type Translate } from "../../shared/editor/translate";
import { typedField } from "../../shared/editor/typed-field";
import { DEFAULTS } from "../defaults";
import { callNotice } from "./call-notice";
import { pathField } from "./path-field";
import { namesIn } from "./path-text";

declare const RED: EditorRED;

const QUERY_KINDS = ["json", "msg", "flow", "global", "env", "jsonata"] as const;
const BODY_KINDS = ["msg", "json", "str", "flow", "global", "env", "jsonata"] as const;

export interface RequestDialog {
  /** The value to store in `scopes`. */
  scopes(): string[] | string;
  close(): void;
}

/** What the dialog begins with: the node's properties in today's form. */
export interface RequestProperties {
  session: unknown;
  method: unknown;
  pathType: unknown;
  queryType: unknown;
  bodyType: unknown;
  scopes: unknown;
  scopesType: unknown;
  clientId: unknown;
  clientIdType: unknown;
}

/** Fills the dialog in; Node-RED has already filled the plain inputs. */
export function openDialog(node: Placed, translate: Translate, properties: RequestProperties): RequestDialog {
  const env = envTexts(node);
  const ofTokens = textsOf("spotify-token");
  const account = accountField(properties.session, env);
  const path = pathField(properties, translate, () => refresh());
  typedField("query", QUERY_KINDS, properties.queryType, DEFAULTS.queryType);
  typedField("body", BODY_KINDS, properties.bodyType, DEFAULTS.bodyType);
  const hasScopes = Array.isArray(properties.scopes) ? properties.scopes.length > 0 : true;
  advancedSection(
    "spotify-request-advanced",
    hasScopes ||
      properties.clientId !== DEFAULTS.clientId ||
      properties.clientIdType !== DEFAULTS.clientIdType,
  );
  const permissions = scopesField(byId("spotify-scopes", HTMLElement), properties, env, () => refresh());
  permissions.picker.sayWhenEmpty(translate("hint.scopes"), "hint");
  clientIdRow(byId("spotify-client-id", HTMLElement));
  const clientId = clientIdField({
    prefix: "node-input",
    translate: ofTokens,
    env,
    hint: (choice) => ofTokens(`clientId.hint.${choice === "" ? "session" : choice}`),
    changed: () => refresh(),
  });
  /** The scopes that the node names; undefined if they are not known here. */
  const ownScopes = (): string[] | undefined => {
    if (!permissions.isListed()) return undefined;
    const meant = permissions.picker.chosen().map((scope) => env.valueOf(scope));
    return meant.every((scope) => scope !== undefined) ? splitScopes(meant.join(" ")) : undefined;
  };

  /** The call and its path. Each is undefined if the dialog cannot know it. */
  function asked(): { text: string | undefined; call: Call | undefined } {
    const written = path.path();
    const text = written === undefined ? undefined : env.valueOf(written);
    return { text, call: text === undefined ? undefined : knownCall(path.method(), text) };
  }

  const explanation = explanationView({
    box: byId("spotify-explanation", HTMLElement),
    outside: byId("spotify-verdict", HTMLElement),
    // The sentence about tokens for Spotify's own services would not help here.
    translate: (key, values) =>
      /^explain\.(internal\.(reported|assumed|asked)|login5|withoutScopes)$/.test(key)
        ? translate("verdict.needsApp")
        : ofTokens(key, values),
    label: (scope) => permissions.words.label(scope),
    locale: RED.i18n.lang(),
    choose: clientId.choose,
    learned: () => undefined,
    openAccount(way) {
      const own = ownScopes() ?? [];
      openAccountDialog(account.accountId(), {
        way,
        scopes: own.length > 0 ? own : scopesToGrant(asked().call),
      });
    },
  });
  const notice = callNotice({
    translate,
    label: (scope) => permissions.words.label(scope),
    locale: RED.i18n.lang(),
    choose: path.choose,
  });

  function refresh(again = false): void {
    const method = path.method();
    const { text, call } = asked();
    const own = ownScopes();
    const names = text === undefined ? [] : namesIn(text);
    notice.show({ call, path: text, names, hasScopes: own === undefined || own.length > 0 });
    byId("spotify-body-row", HTMLElement).hidden = method === "GET";
    const all = byId("node-input-all", HTMLInputElement);
    const mayHavePages = call === undefined || call.longestPage !== undefined;
    const isGet = method === "GET" || method === "";
    byId("spotify-all-row", HTMLElement).hidden = !isGet || (!mayHavePages && !all.checked);
    const setting = clientId.isTyped() ? undefined : env.valueOf(clientId.value())?.toLowerCase();
    explanation.show(
      {
        session: account.accountId(),
        scopes: own?.length === 0 ? (call?.scopes ?? []) : own,
        // The node knows what most calls need, so that no scope here means nothing to complain of.
        isEmpty: false,
        clientId: setting,
        source: "auto",
        emit: "input",
        warned: false,
      },
      again,
    );
  }

  const ending = new AbortController();
  const apps = signedInApps(() => account.accountId(), clientId.offerApps);
  const changedThere = (): void => {
    apps.refresh();
    refresh(true);
  };
  liveFeed(() => account.accountId(), ending.signal).listen(changedThere);
  // The account's dialog was closed: the user may have signed in there.
  RED.events.on("editor:change", changedThere);
  $(account.select).on("change", changedThere);
  changedThere();
  return {
    scopes: () => permissions.value(),
    close() {
      ending.abort();
      RED.events.off("editor:change", changedThere);
      apps.close();
      explanation.close();
    },
  };
}
