/** The devices of an account, as rows to pick from. Pure. */
import type { ListedDevice } from "../../../src/playback/listed-device";
import { deviceIcon, deviceKind } from "../../shared/editor/device-icon";
import type { PickerRow } from "../../shared/editor/list-picker/picker-row";
import type { Translate } from "../../shared/editor/translate";

/** So much of an ID tells two devices of one name apart. */
const SHOWN_OF_ID = 6;

/** The value of a row is the device's name, or its ID if two devices have that name. */
export function deviceRows(devices: readonly ListedDevice[], translate: Translate): PickerRow[] {
  return devices.map(({ id, name, type, isActive, isAsleep }) => {
    const isUnique = name !== null && devices.filter((one) => one.name === name).length === 1;
    const about = [translate(`picker.kind.${deviceKind(type)}`)];
    if (isActive) about.unshift(translate("picker.active"));
    if (isAsleep) about.unshift(translate("picker.asleep"));
    if (!isUnique) about.push(`${id.slice(0, SHOWN_OF_ID)}…`);
    return {
      value: isUnique ? name : id,
      title: name ?? id,
      about,
      icon: `fa-${deviceIcon(type)}`,
    };
  });
}
