/** Whether Spotify's apps on the same network see the session, and as what. */
import { DEFAULT_DEVICE_NAME, byteLength, deviceNameProblem } from "./device-name";
import { byId } from "../../shared/editor/dom";
import type { EnvTexts } from "../../shared/editor/env-layers";
import type { Translate } from "../../shared/editor/translate";

export interface ConnectField {
  isOn(): boolean;
  /** Ticks it as if the user had, and takes the focus to the name. */
  turnOn(): void;
  /** To be called before Node-RED reads the inputs. */
  save(): void;
}

/** @param changed is called when it has been ticked or unticked */
export function connectField(translate: Translate, env: EnvTexts, changed: () => void): ConnectField {
  const connect = byId("node-config-input-connect", HTMLInputElement);
  const row = byId("spotify-device-row", HTMLElement);
  const portRow = byId("spotify-port-row", HTMLElement);
  const name = byId("node-config-input-deviceName", HTMLInputElement);
  const problemBox = byId("spotify-device-problem", HTMLElement);
  const hint = byId("spotify-device-hint", HTMLElement);

  const display = (): void => {
    row.hidden = portRow.hidden = !connect.checked;
    const problem = deviceNameProblem(name.value, connect.checked);
    name.setAttribute("aria-invalid", String(problem !== undefined));
    problemBox.textContent =
      problem === undefined
        ? ""
        : translate(`deviceName.problem.${problem}`, { length: byteLength(name.value.trim()) });
    hint.textContent = env.explain(name.value.trim());
  };
  const switched = (): void => {
    if (connect.checked && name.value.trim() === "") {
      name.value = DEFAULT_DEVICE_NAME;
      $(name).trigger("change");
    }
    display();
    changed();
  };

  connect.addEventListener("change", switched);
  name.addEventListener("input", display);
  display();

  return {
    isOn: () => connect.checked,
    turnOn() {
      if (!connect.checked) {
        connect.checked = true;
        $(connect).trigger("change");
        switched();
      }
      row.scrollIntoView({ block: "nearest", behavior: "smooth" });
      name.focus({ preventScroll: true });
    },
    save() {
      name.value = name.value.trim();
    },
  };
}
