/** The dialog as a whole: what belongs together, and what of it is told to the other parts. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { advancedSection } from "../../shared/editor/advanced";
import { type ClientIdField, clientIdField } from "../../shared/editor/client-id-field";
import { completeSetList } from "./complete-set-list";
import { type ConnectField, connectField } from "./connect-field";
import { type CredentialField, credentialField } from "./credential-field";
import { byId } from "../../shared/editor/dom";
import { liveFeed } from "../../shared/editor/live-feed";
import { envTexts, type Placed } from "../../shared/editor/env-layers";
import { fileDrop } from "./file-drop";
import { type ScopeWords, scopeWords } from "../../shared/editor/scopes/scope-words";
import { splitScopes } from "../../shared/editor/scopes/scopes";
import { adminApi, deleteOnLeaving } from "./sign-in/api";
import { message } from "./sign-in/message";
import { ownApp } from "./sign-in/own-app";
import { scopesInUse, type UsingNode } from "./sign-in/own-app-scopes";
import { pairing } from "./sign-in/pairing";
import { redirectAddress } from "./sign-in/redirect-address";
import { tap } from "./sign-in/tap";
import { tapGate } from "./tap-gate";
import { signInList } from "./sign-in-list";
import { PLAYING_TOPIC } from "../../shared/account-topic";
import type { WantedSignIn, WayName } from "../../shared/editor/account-dialog";
import type { Found } from "./status";
import { followPlaying } from "./playing-feed";
import { playingPanel } from "./playing-panel";
import { statusFeed } from "./status-feed";
import { statusPanel } from "./status-panel";
import { textsOf, type Translate } from "../../shared/editor/translate";
import { wayChoice } from "./way-choice";

declare const RED: EditorRED;

export interface SessionDialog {
  credential: CredentialField;
  clientId: ClientIdField;
  connect: ConnectField;
  /** @param signIn what becomes of one that is under way; `kept`: it goes on without the dialog */
  close(signIn: "kept" | "cancelled" | "left"): void;
}

export interface SessionDialogOptions {
  node: Placed & { id: string };
  translate: Translate;
  /** Whether something of what few users need was changed. */
  isAdvanced: boolean;
  /** The sign-in that another dialog asked for, if one did. */
  wanted: WantedSignIn | undefined;
}

/** Fills the dialog in; Node-RED has already filled the plain inputs. */
export function openDialog({ node, translate, isAdvanced, wanted }: SessionDialogOptions): SessionDialog {
  const nodeId = node.id;
  const env = envTexts(node);
  const ending = new AbortController();
  const life = ending.signal;
  const ask = adminApi(nodeId, life);
  const changes = liveFeed(() => nodeId, life);
  const feed = statusFeed(ask, changes);
  const locale = RED.i18n.lang();
  const root = byId("spotify-session-dialog", HTMLElement);
  const notice = byId("spotify-ways-notice", HTMLElement);
  // In a subflow, Node-RED makes an account of its own for each instance, and only when it is deployed.
  const isTemplate = node.z !== undefined && RED.nodes.subflow(node.z) !== undefined;
  notice.lastElementChild!.textContent = translate(isTemplate ? "way.deployFirst" : "way.beforeDeploy");
  const pairButton = byId("spotify-pair-begin", HTMLButtonElement);
  const appButton = byId("spotify-app-begin", HTMLButtonElement);
  const translateScopes = textsOf("spotify-token");
  const words: ScopeWords = scopeWords(translateScopes);

  const signedOut = message(byId("spotify-sign-out-message", HTMLElement), translate);
  const begun = (): void => signedOut.clear();
  const signedIn = (): void => feed.refresh();
  const isKnown = (): boolean => {
    const found = feed.latest();
    return typeof found === "object" && found.isDeployed;
  };
  const doneText = (username: string | undefined): string => {
    const done = username === undefined ? translate("done.unnamed") : translate("done.as", { username });
    return `${done} ${translate(isKnown() ? "done.close" : "done.deploy")}`;
  };
  const giveUpOnLeaving = (path: string): void => deleteOnLeaving(nodeId, path);
  const way = { ask, giveUpOnLeaving, changes, life, translate, begun, signedIn, doneText };
  const ways = wayChoice(root);
  const useHere = async (): Promise<void> => {
    const result = await ask("POST", "use-here", { originalIsGone: true });
    if (result.ok) signedOut.say("good", translate("useHere.done"));
    else signedOut.fail(result.failure);
    feed.refresh();
  };
  const panel = statusPanel(byId("spotify-session-status", HTMLElement), translate, locale, useHere);
  const clientId = clientIdField({
    prefix: "node-config-input",
    translate,
    env,
    hint: (choice) => translate(`clientId.hint.${choice === "" ? "default" : choice}`),
    changed: () => undefined,
  });
  const isDeployed = (): boolean => typeof feed.latest() === "object";
  const credential = credentialField({ ...way, isDeployed });
  const pair = pairing(way);
  const app = ownApp({
    ...way,
    words,
    translateScopes,
    redirect: redirectAddress(location),
    scopes: scopesInUse(usingNodes(), nodeId, wanted?.scopes),
  });
  const list = signInList({
    section: byId("spotify-signed-in", HTMLElement),
    list: byId("spotify-sign-ins", HTMLElement),
    all: byId("spotify-sign-out-all", HTMLElement),
    said: signedOut,
    ask,
    translate,
    words,
    locale,
    signedOut(which) {
      for (const part of [pair, app, credential]) part.reset();
      feed.refresh();
      return (which === "all" || which === "configured") && credential.forget();
    },
    again(view) {
      if (view.again === "own-app") app.prefill(view.clientId ?? "", view.scopes);
      if (view.again !== undefined) ways.choose(view.again);
    },
  });

  const set = completeSetList(translate, (missing) => ways.choose(missing));
  const connect = connectField(translate, env, showTap);
  const tapped = tap(translate, () => connect.turnOn());
  function showTap(): void {
    tapped.show(feed.latest(), connect.isOn());
  }

  const gate = tapGate({ ask, translate, locale, changed: () => feed.refresh() });

  const followPlayback = followPlaying(
    ask,
    liveFeed(() => nodeId, life, PLAYING_TOPIC),
    playingPanel(translate),
    life,
  );

  let wasDeployed: boolean | undefined;
  const tell = (found: Found): void => {
    panel.show(found);
    gate.show(found);
    showTap();
    if (found === "loading") return;
    // A sign-in or a sign-out changes whose playback it is.
    if (found !== "noAnswer") followPlayback(isSignedIn(found));
    const deployed = typeof found === "object";
    // For a moment Node-RED may not answer; nothing of what is shown becomes wrong by that.
    if (deployed) {
      list.show(found.signIns);
      set.show(found.signIns);
    }
    ways.suggest(wayFor(found, connect.isOn()));
    notice.hidden = found !== "notDeployed";
    if (deployed !== wasDeployed) {
      // What can only be refused is not offered.
      for (const button of [pairButton, appButton]) button.disabled = isTemplate && found === "notDeployed";
      credential.refresh();
    }
    wasDeployed = deployed;
  };
  advancedSection("spotify-session-advanced", isAdvanced);
  if (wanted?.way !== undefined) ways.choose(wanted.way);
  feed.start(tell);

  fileDrop(root, (file) => {
    ways.choose("import");
    credential.takeFile(file);
  });

  return {
    credential,
    clientId,
    connect,
    close(signIn) {
      if (signIn !== "kept") {
        pair.abandon(signIn === "left");
        app.abandon(signIn === "left");
      }
      ending.abort();
    },
  };
}

function isSignedIn(found: Found): boolean {
  return typeof found === "object" && found.signIns.some((signIn) => !signIn.ended);
}

/** The way of signing in to begin with: none if the account is signed in, a tap if it is visible on the LAN. */
function wayFor(found: Found, isVisible: boolean): WayName | undefined {
  if (isSignedIn(found)) return undefined;
  return isVisible ? "tap" : "pair";
}

/** The nodes that need tokens, with what their environment variables stand for. */
function usingNodes(): UsingNode[] {
  const nodes: UsingNode[] = [];
  RED.nodes.eachNode((node) => {
    const { type, session, scopes, method, path, pathType } = node as Partial<Record<string, unknown>>;
    if (type !== "spotify-token" && type !== "spotify-request") return true;
    const env = envTexts(node);
    const meant = (value: unknown): string | undefined =>
      typeof value === "string" ? env.valueOf(value) : undefined;
    nodes.push({
      type,
      session: meant(session),
      scopes: Array.isArray(scopes) ? scopes.flatMap((scope) => splitScopes(meant(scope) ?? "")) : undefined,
      method: meant(method) ?? "",
      path: pathType === "str" ? meant(path) : undefined,
    });
    return true;
  });
  return nodes;
}
