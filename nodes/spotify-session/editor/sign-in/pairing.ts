/** Pairing with a code: the way that needs nothing but a phone. */
import { byId, icon } from "../../../shared/editor/dom";
import { type Pairing, readPairing } from "./answers";
import { type Attempt, followAttempt, type Outcome } from "./attempt";
import { copyButton } from "./copy-button";
import { countdownText, localDeadline } from "./countdown";
import { message } from "./message";
import { qrPicture } from "./qr";
import { showDone, type Way, type WayOptions } from "./way";

export function pairing({
  ask,
  giveUpOnLeaving,
  changes,
  life,
  translate,
  begun,
  signedIn,
  doneText,
}: WayOptions): Way {
  const panel = byId("spotify-way-pair", HTMLElement);
  const start = byId("spotify-pair-start", HTMLElement);
  const begin = byId("spotify-pair-begin", HTMLButtonElement);
  const running = byId("spotify-pair-running", HTMLElement);
  const code = byId("spotify-pair-code", HTMLElement);
  const picture = byId("spotify-pair-picture", HTMLElement);
  const link = byId("spotify-pair-link", HTMLAnchorElement);
  const countdown = byId("spotify-pair-countdown", HTMLElement);
  const cancel = byId("spotify-pair-cancel", HTMLButtonElement);
  const said = message(byId("spotify-pair-message", HTMLElement), translate);
  let attempt: Attempt | undefined;
  let underWay: Pairing | undefined;

  const showRunning = (shown: Pairing | undefined): void => {
    start.hidden = shown !== undefined;
    running.hidden = shown === undefined;
    underWay = shown;
    if (shown === undefined) return;
    code.textContent = shown.userCode;
    link.href = shown.completeUri;
    link.replaceChildren(withoutScheme(shown.verificationUri), " ", icon("external-link"));
    picture.replaceChildren(qrElement(shown.completeUri));
  };

  const ended = (outcome: Outcome): void => {
    const hadFocus = running.contains(document.activeElement);
    attempt = undefined;
    showRunning(undefined);
    begin.textContent = translate("pair.again");
    if (hadFocus) begin.focus();
    if (outcome.state === "done") {
      said.say("good", doneText(outcome.username));
      showDone(panel, begin, true);
      signedIn();
    } else if (outcome.state === "failed") said.fail(outcome.failure);
    else said.say("bad", translate(outcome.state === "lost" ? "attempt.lost" : "pair.over"));
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
    const late = readPairing(body);
    if (late !== undefined) void ask("DELETE", pathOf(late));
  };

  const run = async (): Promise<void> => {
    begun();
    showDone(panel, begin, false);
    begin.disabled = true;
    said.say("busy", translate("pair.asking"));
    const result = await ask("POST", "pairing", {}, giveUp);
    begin.disabled = false;
    if (!result.ok) return said.fail(result.failure);
    const received = readPairing(result.body);
    if (received === undefined) return said.fail({ kind: "noAnswer", code: "", message: "" });
    showRunning(received);
    said.say("busy", translate("pair.waiting"));
    cancel.focus();
    attempt = followAttempt({
      ask,
      changes,
      life,
      path: pathOf(received),
      deadline: localDeadline(received.expiresAt, result.serverNow, Date.now()),
      tick: (left) => (countdown.textContent = translate("countdown", { time: countdownText(left) })),
      ended,
    });
  };

  begin.addEventListener("click", () => void run());
  cancel.addEventListener("click", () => {
    abandon(false);
    showRunning(undefined);
    said.clear();
    begin.focus();
  });
  copyButton(byId("spotify-pair-copy", HTMLElement), translate, () => underWay?.userCode ?? "");
  showRunning(undefined);
  return {
    abandon,
    reset() {
      if (attempt !== undefined) return;
      showDone(panel, begin, false);
      begin.textContent = translate("pair.begin");
      said.clear();
    },
  };
}

function pathOf({ id }: Pairing): string {
  return `pairing/${encodeURIComponent(id)}`;
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//i, "").replace(/\/$/, "");
}

const SVG = "http://www.w3.org/2000/svg";

function qrElement(text: string): SVGElement {
  const { size, path } = qrPicture(text);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("d", path);
  svg.append(modules);
  return svg;
}
