import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "./client-id";
import { openDialog, type SessionDialog } from "./dialog";
import { byId } from "./dom";
import { newStateKey } from "./state-key";
import { explained } from "./validate";

declare const RED: EditorRED;

interface Properties {
  name: string;
  clientId: string;
  followClientId: boolean;
  deviceName: string;
  connect: boolean;
}

interface Credentials {
  librespotCredentials: string;
  stateKey: string;
}

let dialog: SessionDialog | undefined;

/** @param abandon whether a sign-in that is under way is given up */
function close(abandon: boolean): void {
  dialog?.close(abandon);
  dialog = undefined;
}

/** Puts a new key where none is stored yet; Node-RED saves it with the next deploy. */
function ensureStateKey(): void {
  const input = byId("node-config-input-stateKey", HTMLInputElement);
  if (input.value === "") input.value = newStateKey((bytes) => crypto.getRandomValues(bytes));
}

RED.nodes.registerType<Properties, Credentials>("spotify-session", {
  category: "config",
  paletteLabel: "spotify session",
  defaults: {
    name: { value: "" },
    clientId: {
      value: "",
      validate: explained((value, node) => {
        const valid = isValidSetting(value, ["", "keymaster", "android", "ios"]);
        return valid || node._("spotify-session.validation.clientId");
      }),
    },
    followClientId: { value: true },
    deviceName: { value: "" },
    connect: { value: false },
  },
  credentials: {
    librespotCredentials: { type: "password" },
    stateKey: { type: "password" },
  },
  label() {
    return this.name || this._("spotify-session.label.unnamed");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    close(true);
    ensureStateKey();
    dialog = openDialog(this.id, (key, values) => this._(`spotify-session.${key}`, values));
  },
  oneditsave() {
    dialog?.credential.save();
    // The dialog does not show these two yet; a new node would be without them.
    this.deviceName ??= "";
    this.connect ??= false;
    // A sign-in is no property: with a code on the phone's screen it may be finished without the dialog.
    close(false);
  },
  oneditcancel: () => close(true),
  oneditdelete: () => close(true),
});
