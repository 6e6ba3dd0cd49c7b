import type { RED as EditorRED } from "@node-red/editor-client";
import { showMigrated } from "../../shared/editor/migrated";
import { isOutput, outputField } from "../../shared/editor/output-property";
import { explained } from "../../shared/editor/validate";
import { DEFAULTS } from "../defaults";
import { migratePlayback, PLAYBACK_VERSION } from "../migrate";
import { takesDevice } from "./action-fields";
import { openDialog } from "./dialog";
import { isTimeoutSetting } from "./timeout-setting";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  action: string;
  device: string;
  deviceType: string;
  value: string;
  valueType: string;
  wake: boolean;
  confirm: boolean;
  timeout: number | string;
  route: string;
  output: string;
  version: number;
}

let close: (() => void) | undefined;

function closeDialog(): void {
  close?.();
  close = undefined;
}

RED.nodes.registerType<Properties>("spotify-playback", {
  category: "Spotify",
  color: "#62CC8C",
  icon: "spotify-playback.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("spotify-playback.label");
  },
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    action: { value: DEFAULTS.action },
    device: { value: DEFAULTS.device },
    deviceType: { value: DEFAULTS.deviceType },
    value: { value: DEFAULTS.value },
    valueType: { value: DEFAULTS.valueType },
    wake: { value: DEFAULTS.wake },
    confirm: { value: DEFAULTS.confirm },
    timeout: {
      value: DEFAULTS.timeout,
      validate: explained(
        (value, node) =>
          value === undefined || isTimeoutSetting(value) || node._("spotify-playback.validation.timeout"),
      ),
    },
    route: { value: DEFAULTS.route },
    output: {
      value: DEFAULTS.output,
      validate: explained((value, node) => isOutput(value) || node._("spotify-playback.validation.output")),
    },
    version: { value: PLAYBACK_VERSION },
  },
  label() {
    if (this.name) return this.name;
    const { action, device, deviceType } = migratePlayback(this).properties;
    const words = this._(action ? `spotify-playback.action.${action}.label` : "spotify-playback.label");
    const isName = deviceType === "str" && takesDevice(action) && !/^([0-9a-f]{40})?$/i.test(device);
    return isName ? `${words} · ${device}` : words;
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("spotify-playback.input");
  },
  outputLabels() {
    return this._("spotify-playback.output");
  },
  align: "left",
  oneditprepare() {
    closeDialog();
    const properties = showMigrated(this, migratePlayback(this), "node-input");
    outputField();
    close = openDialog(this, (key, values) => this._(`spotify-playback.${key}`, values), properties);
  },
  oneditsave() {
    this.version = migratePlayback(this).properties.version;
    closeDialog();
  },
  oneditcancel: closeDialog,
  oneditdelete: closeDialog,
});
