import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "./client-id";
import { type ClientIdField, clientIdField } from "./client-id-field";
import { type CredentialField, credentialField } from "./credential-field";
import { byId } from "./dom";
import { newStateKey } from "./state-key";
import { type StatusPanel, statusPanel } from "./status-panel";
import { explained } from "./validate";
import type { Translate } from "./translate";

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

/** What lives as long as the dialog is open. */
interface Dialog {
  credential: CredentialField;
  clientId: ClientIdField;
  status: StatusPanel;
}

let dialog: Dialog | undefined;

function close(): void {
  dialog?.status.stop();
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
    close();
    const translate: Translate = (key, values) => this._(`spotify-session.${key}`, values);
    ensureStateKey();
    dialog = {
      credential: credentialField(translate),
      clientId: clientIdField({
        prefix: "node-config-input",
        translate,
        hint: (choice) => translate(`clientId.hint.${choice === "" ? "default" : choice}`),
        changed: () => undefined,
      }),
      status: statusPanel(byId("spotify-session-status", HTMLElement), this.id, translate, RED.i18n.lang()),
    };
  },
  oneditsave() {
    dialog?.credential.save();
    // The dialog does not show these two yet; a new node would be without them.
    this.deviceName ??= "";
    this.connect ??= false;
    close();
  },
  oneditcancel: close,
  oneditdelete: close,
});
