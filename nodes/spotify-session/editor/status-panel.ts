/** The panel that shows how the deployed session is, for as long as the dialog is open. */
import { create } from "./dom";
import { type Line, type Poll, readStatus, timeText, viewOf } from "./status";
import type { Translate } from "./translate";

const POLL_EVERY_MS = 2000;

export interface StatusPanel {
  stop(): void;
}

/** @param locale the editor's language, for times. */
export function statusPanel(
  panel: HTMLElement,
  nodeId: string,
  translate: Translate,
  locale: string,
): StatusPanel {
  let timer: number | undefined;
  let request: JQuery.jqXHR | undefined;
  let stopped = false;
  let shown = "";

  const line = ({ key, values, names }: Line): string => {
    const named = Object.entries(names ?? {}).map(([name, id]) => [name, translate(`clientId.name.${id}`)]);
    return translate(`panel.${key}`, { ...values, ...Object.fromEntries(named) });
  };

  const show = (poll: Poll): void => {
    const view = viewOf(poll, (time) => timeText(time, Date.now(), locale));
    // A screen reader reads the panel out whenever it changes: leave it alone when nothing did.
    const fingerprint = JSON.stringify(view);
    if (fingerprint === shown) return;
    shown = fingerprint;
    panel.dataset["light"] = view.light;
    panel.replaceChildren(
      create("span", { class: "spotify-status-light", "aria-hidden": "true" }),
      create(
        "div",
        { class: "spotify-status-text" },
        create("div", { class: "spotify-status-title" }, line(view.title)),
        ...view.details.map((detail) => create("div", { class: "spotify-status-detail" }, line(detail))),
      ),
    );
    if (view.error !== null) {
      const { code, message } = view.error;
      panel.lastElementChild?.append(
        create("div", { class: "spotify-status-error" }, message, " ", create("code", {}, code)),
      );
    }
  };

  const poll = (): void => {
    request = $.ajax({ url: `spotify-session/${nodeId}/status`, dataType: "json", cache: false });
    request
      .done((answer: unknown) => show(readStatus(answer) ?? "noAnswer"))
      .fail((failed: JQuery.jqXHR) => {
        if (!stopped) show(reasonOf(failed.status));
      })
      .always(() => {
        // However the dialog was closed, its polling ends with it.
        if (!stopped && panel.isConnected) timer = window.setTimeout(poll, POLL_EVERY_MS);
      });
  };

  show("loading");
  poll();
  return {
    stop() {
      stopped = true;
      window.clearTimeout(timer);
      request?.abort();
    },
  };
}

function reasonOf(httpStatus: number): Poll {
  if (httpStatus === 404) return "notDeployed";
  return httpStatus === 401 || httpStatus === 403 ? "notAllowed" : "noAnswer";
}
