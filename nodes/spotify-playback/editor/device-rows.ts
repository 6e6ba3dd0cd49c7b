/** The devices of an account, as rows to pick from. Pure. */
import type { ListedDevice } from "../../../src/playback/listed-device";
import type { PickerRow } from "../../shared/editor/list-picker/picker-row";
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

/** The value of a row is the device's name, or its ID if two devices have that name. */
export function deviceRows(devices: readonly ListedDevice[], translate: Translate): PickerRow[] {
  return devices.map(({ id, name, type, isActive, isAsleep }) => {
    const isUnique = name !== null && devices.filter((one) => one.name === name).length === 1;
    const about = [translate(`picker.kind.${type !== null && type in ICONS ? type : "speaker"}`)];
    if (isActive) about.unshift(translate("picker.active"));
    if (isAsleep) about.unshift(translate("picker.asleep"));
    if (!isUnique) about.push(`${id.slice(0, SHOWN_OF_ID)}…`);
    return {
      value: isUnique ? name : id,
      title: name ?? id,
      about,
      icon: ICONS[type ?? ""] ?? "fa-volume-up",
    };
  });
}
