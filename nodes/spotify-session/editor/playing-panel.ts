/** The panel that shows what the account plays now, with its picture, and on which of its devices. */
import { create, icon } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";
import type { Playing, ShownDevice } from "./playing";

const ICONS = { playing: "play", paused: "pause", idle: "stop" } as const;

export interface PlayingPanel {
  show(playing: Playing | undefined): void;
  showDevices(devices: readonly ShownDevice[]): void;
}

export function playingPanel(panel: HTMLElement, translate: Translate): PlayingPanel {
  const cover = create("div", { class: "spotify-playing-cover" }, icon("music"));
  // A screen reader reads the song when it changes, and not the devices.
  const song = create("div", { "aria-live": "polite" });
  const list = create("ul", { class: "spotify-playing-devices", "aria-label": translate("playing.devices") });
  panel.replaceChildren(cover, create("div", { class: "spotify-playing-text" }, song, list));
  let shown = "";

  const showCover = ({ image, title }: Playing): void => {
    const none = icon("music");
    if (image === "") return cover.replaceChildren(none);
    const picture = create("img", {
      src: image,
      alt: translate("playing.cover", { title }),
      referrerpolicy: "no-referrer",
    });
    // A browser without a connection to the outside would show a broken picture.
    picture.addEventListener("error", () => cover.replaceChildren(none));
    cover.replaceChildren(picture);
  };

  const stateText = ({ status, device }: Playing): string => {
    if (status === "idle" || device === "") return translate(`playing.${status}`);
    return translate(`playing.${status}On`, { device });
  };

  return {
    show(playing) {
      const fingerprint = JSON.stringify(playing);
      if (fingerprint === shown) return;
      shown = fingerprint;
      panel.hidden = playing === undefined;
      if (!playing) return;
      panel.dataset["status"] = playing.status;
      showCover(playing);
      const { title, artist, status } = playing;
      song.replaceChildren(
        create(
          "div",
          { class: "spotify-playing-title" },
          title === "" ? translate("playing.nothing") : title,
        ),
        ...(artist === "" ? [] : [create("div", {}, artist)]),
        create("div", { class: "spotify-hint" }, icon(ICONS[status]), " ", stateText(playing)),
      );
    },
    showDevices(devices) {
      list.replaceChildren(
        ...devices.map(({ name, isActive, isAsleep }) => {
          const text = isAsleep ? translate("playing.asleep", { name }) : name;
          return create(
            "li",
            { "data-active": String(isActive) },
            ...(isActive ? [icon("volume-up"), " "] : []),
            text,
          );
        }),
      );
    },
  };
}
