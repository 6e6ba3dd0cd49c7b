/** The list of the account's devices, from which a person picks one by its name. */
import type { ListedDevice } from "../../../src/playback/listed-device";
import { byId, create } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";

/** Icons of Font Awesome 4 by what Spotify calls the device. */
const ICONS: Readonly<Record<string, string>> = {
  computer: "fa-desktop",
  chromebook: "fa-laptop",
  tablet: "fa-tablet",
  smartphone: "fa-mobile",
  tv: "fa-television",
  stb: "fa-television",
  cast_video: "fa-television",
  game_console: "fa-gamepad",
  automobile: "fa-car",
  car_thing: "fa-car",
  smartwatch: "fa-clock-o",
};

/** So much of an ID tells two devices of one name apart. */
const SHOWN_OF_ID = 6;

export interface DevicePicker {
  /** Shows that another device is chosen in the field. */
  chosen(name: string): void;
  /** Another account is chosen: an open list is that of its devices. */
  accountChanged(): void;
  close(): void;
}

/**
 * @param accountId the account that is chosen in the dialog; undefined if none is
 * @param onPick is given the name of the device, or its ID if two devices have that name
 */
export function devicePicker(
  translate: Translate,
  accountId: () => string | undefined,
  onPick: (nameOrId: string) => void,
): DevicePicker {
  const button = byId("spotify-devices-show", HTMLButtonElement);
  const refresh = byId("spotify-devices-refresh", HTMLButtonElement);
  const panel = byId("spotify-devices", HTMLElement);
  const list = byId("spotify-device-list", HTMLElement);
  const note = byId("spotify-devices-note", HTMLElement);
  let asking: AbortController | undefined;
  let current = "";

  const mark = (): void => {
    for (const entry of list.children) {
      entry.setAttribute("aria-selected", String((entry as HTMLElement).dataset["value"] === current));
    }
  };

  const entryOf = (device: ListedDevice, value: string): HTMLElement => {
    const about = [
      translate(`picker.kind.${device.type !== null && device.type in ICONS ? device.type : "speaker"}`),
    ];
    if (device.isActive) about.unshift(translate("picker.active"));
    if (device.isAsleep) about.unshift(translate("picker.asleep"));
    if (value !== device.name) about.push(`${device.id.slice(0, SHOWN_OF_ID)}…`);
    const icon = ICONS[device.type ?? ""] ?? "fa-volume-up";
    const entry = create(
      "li",
      { role: "option", tabindex: "0", "data-value": value },
      create("i", { class: `fa ${icon}`, "aria-hidden": "true" }),
      create("span", { class: "spotify-device-name" }, device.name ?? device.id),
      create("span", { class: "spotify-device-about" }, about.join(" · ")),
    );
    const pick = (): void => {
      onPick(value);
      current = value;
      mark();
    };
    entry.addEventListener("click", pick);
    entry.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") pick();
      else if (event.key === "ArrowDown") (entry.nextElementSibling as HTMLElement | null)?.focus();
      else if (event.key === "ArrowUp") (entry.previousElementSibling as HTMLElement | null)?.focus();
      else return;
      event.preventDefault();
    });
    return entry;
  };

  const show = (devices: readonly ListedDevice[]): void => {
    const isUnique = (name: string): boolean => devices.filter((one) => one.name === name).length === 1;
    list.replaceChildren(
      ...devices.map((one) => entryOf(one, one.name !== null && isUnique(one.name) ? one.name : one.id)),
    );
    note.textContent = translate(devices.length > 0 ? "picker.asleepNote" : "picker.none");
    mark();
  };

  const ask = async (signal: AbortSignal): Promise<void> => {
    const id = accountId();
    if (id === undefined) {
      list.replaceChildren();
      note.textContent = translate("picker.noAccount");
      return;
    }
    note.textContent = translate("picker.asking");
    try {
      const answer = await $.ajax({
        url: `spotify-session/${encodeURIComponent(id)}/devices`,
        dataType: "json",
      });
      if (!signal.aborted) show(answer as ListedDevice[]);
    } catch (failure) {
      if (signal.aborted) return;
      list.replaceChildren();
      const { status, responseJSON } = failure as JQuery.jqXHR;
      const { error } = (responseJSON ?? {}) as { error?: { message?: string } };
      note.textContent =
        status === 404 ? translate("picker.notDeployed") : (error?.message ?? translate("picker.failed"));
    }
  };

  const begin = (): void => {
    asking?.abort();
    if (panel.hidden) return;
    asking = new AbortController();
    void ask(asking.signal);
  };
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    refresh.hidden = panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    list.replaceChildren();
    begin();
  });
  refresh.addEventListener("click", begin);

  return {
    chosen(name) {
      current = name;
      mark();
    },
    accountChanged() {
      list.replaceChildren();
      begin();
    },
    close: () => asking?.abort(),
  };
}
