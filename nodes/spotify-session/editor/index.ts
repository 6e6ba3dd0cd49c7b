import type { RED as EditorRED } from "@node-red/editor-client";
import { migrateSession, SESSION_VERSION } from "../migrate";
import { isPortSetting } from "../port";
import { isValidSetting } from "../../shared/editor/client-id";
import { byteLength, DEFAULT_DEVICE_NAME, deviceNameProblem } from "./device-name";
import { registerSuggestions } from "./suggestions/register";
import { openDialog, type SessionDialog } from "./dialog";
import { onSignInWanted, type WantedSignIn } from "../../shared/editor/account-dialog";
import { byId } from "../../shared/editor/dom";
import { showMigrated } from "../../shared/editor/migrated";
import { newStateKey } from "./state-key";
import { explained } from "../../shared/editor/validate";

declare const RED: EditorRED;

interface Properties {
  name: string;
  clientId: string;
  followClientId: boolean;
  deviceName: string;
  connect: boolean;
  port: string;
  version: number;
}

interface Credentials {
  librespotCredentials: string;
  stateKey: string;
}

let dialog: SessionDialog | undefined;
/** The sign-in that another dialog asked for, when it opened this one. */
let wanted: WantedSignIn | undefined;

onSignInWanted((asked) => (wanted = asked));
// A page that the browser keeps may be shown again.
window.addEventListener("pagehide", ({ persisted }) => !persisted && close("left"));
registerSuggestions();

function close(signIn: "kept" | "cancelled" | "left"): void {
  dialog?.close(signIn);
  dialog = undefined;
}

/** Makes a key if none is stored yet; Node-RED saves it with the next deploy. */
function ensureStateKey(): void {
  const input = byId("node-config-input-stateKey", HTMLInputElement);
  if (input.value === "") input.value = newStateKey((bytes) => crypto.getRandomValues(bytes));
}

RED.nodes.registerType<Properties, Credentials>("spotify-session", {
  category: "config",
  // An account can be signed in before a node uses it: that is no reason for a deploy warning.
  // @ts-expect-error The published typings lack it.
  hasUsers: false,
  paletteLabel() {
    return this._("spotify-session.label.unnamed");
  },
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
    deviceName: {
      value: DEFAULT_DEVICE_NAME,
      validate: explained((value, node) => {
        const problem = deviceNameProblem(value, (node as Partial<Properties>).connect === true);
        const length = byteLength(String(value).trim());
        return problem === undefined || node._(`spotify-session.deviceName.problem.${problem}`, { length });
      }),
    },
    connect: { value: false },
    port: {
      value: "",
      validate: explained(
        (value, node) => isPortSetting(value ?? "") || node._("spotify-session.validation.port"),
      ),
    },
    version: { value: SESSION_VERSION },
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
    close("cancelled");
    ensureStateKey();
    const { clientId, followClientId } = showMigrated(this, migrateSession(this), "node-config-input");
    dialog = openDialog({
      node: this,
      translate: (key, values) => this._(`spotify-session.${key}`, values),
      // Node-RED leaves empty defaults out of an account that is being added.
      isAdvanced: (clientId ?? "") !== "" || followClientId === false,
      wanted,
    });
    wanted = undefined;
  },
  oneditsave() {
    dialog?.credential.save();
    dialog?.connect.save();
    this.version = migrateSession(this).properties.version;
    // A sign-in is no property: with a code on the phone's screen it may be finished without the dialog.
    close("kept");
  },
  oneditcancel: () => close("cancelled"),
  oneditdelete: () => close("cancelled"),
});
