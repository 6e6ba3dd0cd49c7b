import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "../../shared/editor/client-id";
import { showMigrated } from "../../shared/editor/migrated";
import { explained } from "../../shared/editor/validate";
import { migrateToken, TOKEN_VERSION } from "../migrate";
import { lacksPermissions } from "./permissions";
import { openDialog, type TokenDialog } from "./dialog";
import { isScopeSetting } from "../../shared/editor/scopes/scopes";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  scopes: string[];
  scopesFromMessage: boolean;
  clientId: string;
  source: string;
  emit: string;
  output: string;
  authorizationHeader: boolean;
  version: number;
}

/** Whether `value` is the path of a property, nothing at all, or an environment variable that says it. */
function isOutput(value: unknown): boolean {
  if (value === undefined || value === "") return true;
  if (typeof value !== "string") return false;
  return /^\$\{[^}]+\}$/.test(value) || RED.utils.validatePropertyExpression(value) === true;
}

let dialog: TokenDialog | undefined;

function close(): void {
  dialog?.close();
  dialog = undefined;
}

RED.nodes.registerType<Properties>("spotify-token", {
  category: "Spotify",
  color: "#62CC8C",
  icon: "spotify-token.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel: "spotify token",
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    scopes: {
      value: [],
      validate: explained((value, node) => {
        const { properties } = migrateToken({ ...(node as Partial<Properties>), scopes: value });
        if (!isScopeSetting(properties.scopes ?? [])) return node._("spotify-token.validation.scopes");
        return !lacksPermissions(properties) || node._("spotify-token.validation.noScopes");
      }),
    },
    scopesFromMessage: { value: false },
    clientId: {
      value: "best",
      validate: explained((value, node) => {
        const valid = isValidSetting(value, ["best", "", "keymaster", "android", "ios"]);
        return valid || node._("spotify-token.validation.clientId");
      }),
    },
    source: { value: "auto" },
    emit: { value: "input" },
    output: {
      value: "payload",
      validate: explained((value, node) => isOutput(value) || node._("spotify-token.validation.output")),
    },
    authorizationHeader: { value: true },
    version: { value: TOKEN_VERSION },
  },
  label() {
    return this.name || "spotify token";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels() {
    return this._("spotify-token.output");
  },
  align: "left",
  oneditprepare() {
    close();
    const properties = showMigrated(this, migrateToken(this), "node-input");
    const { session, scopes, clientId, source, emit } = properties;
    $("#node-input-output").typedInput({ types: ["msg"] });
    dialog = openDialog(this, (key, values) => this._(`spotify-token.${key}`, values), {
      session,
      scopes: Array.isArray(scopes) ? scopes : [],
      clientId,
      source,
      emit,
    });
  },
  oneditsave() {
    if (dialog !== undefined) this.scopes = dialog.scopes();
    this.version = migrateToken(this).properties.version;
    close();
  },
  oneditcancel: close,
  oneditdelete: close,
});
