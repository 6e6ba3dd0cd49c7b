/** The section that shows what the account plays now, with its picture, and its devices. */
import { deviceIcon } from "../../shared/editor/device-icon";
import { byId, create, icon } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";
import { failureText } from "./failure-text";
import type { Playing, ShownDevice, ShownState } from "./playing";

const ICONS = { playing: "play", paused: "pause", idle: "stop" } as const;
/** Stands in a text where the device is put, with its icon. */
const PLACE = "\u0001";

export interface PlayingPanel {
  /** @param playing undefined: the section is hidden */
  show(playing: Playing | undefined): void;
}

export function playingPanel(translate: Translate): PlayingPanel {
  const part = (name: string): HTMLElement => byId(`spotify-playing${name}`, HTMLElement);
  const [section, cover, title, artist] = [part(""), part("-cover"), part("-title"), part("-artist")];
  const [status, problem, list] = [part("-state"), part("-problem"), part("-devices")];
  let shown: string | undefined;
  let shownCover: string | undefined;

  const showCover = (image: string, alt: string): void => {
    // A picture that is replaced by the same one flickers.
    if (shownCover === image + alt) return;
    shownCover = image + alt;
    const none = icon("music");
    if (image === "") return cover.replaceChildren(none);
    const picture = create("img", { src: image, alt, referrerpolicy: "no-referrer" });
    // A browser without a connection to the outside would show a broken picture.
    picture.addEventListener("error", () => picture.replaceWith(none));
    cover.replaceChildren(picture);
  };

  const statusLine = (state: ShownState): (Node | string)[] => {
    const { status: now, device, title: name } = state;
    if (now === "idle") return name === "" ? [] : [icon(ICONS.idle), " ", translate("playing.idle")];
    const end = device?.isPrivate === true ? [` · ${translate("playing.private")}`] : [];
    if (!device || device.name === "") return [icon(ICONS[now]), " ", translate(`playing.${now}`), ...end];
    const [before = "", after = ""] = translate(`playing.${now}On`, { device: PLACE }).split(PLACE);
    return [icon(ICONS[now]), " ", before, icon(deviceIcon(device.type)), ` ${device.name}${after}`, ...end];
  };

  const deviceEntry = ({ name, type, isActive, isAsleep }: ShownDevice): HTMLElement =>
    create(
      "li",
      { "data-active": String(isActive), ...(isActive && { "aria-current": "true" }) },
      icon(deviceIcon(type)),
      " ",
      isAsleep ? translate("playing.asleep", { name }) : name,
    );

  const titleOf = (state: ShownState | null): string => {
    if (!state) return translate("playing.unknown");
    return state.title === "" ? translate("playing.nothing") : state.title;
  };

  return {
    show(playing) {
      const fingerprint = JSON.stringify(playing);
      if (fingerprint === shown) return;
      shown = fingerprint;
      section.hidden = playing === undefined;
      if (!playing) return;
      const { state, devices } = playing;
      const alt = state?.title ? translate("playing.cover", { title: state.title }) : "";
      showCover(state?.image ?? "", alt);
      const text = titleOf(state);
      // A screen reader reads the title out whenever it is set.
      if (title.textContent !== text) title.textContent = text;
      artist.textContent = [state?.artist, state?.album].filter(Boolean).join(" · ");
      status.replaceChildren(...(state ? statusLine(state) : []));
      problem.textContent = playing.problem ? failureText(playing.problem, translate) : "";
      list.replaceChildren(...devices.map(deviceEntry));
    },
  };
}
