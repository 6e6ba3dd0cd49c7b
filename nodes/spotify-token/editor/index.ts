import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "../../spotify-session/editor/client-id";
import { showMigrated } from "../../spotify-session/editor/migrated";
import type { Placed } from "../../spotify-session/editor/env-layers";
import { explained } from "../../spotify-session/editor/validate";
import { migrateToken, TOKEN_VERSION } from "../migrate";
import { openDialog, type TokenDialog } from "./dialog";
import { isScopeSetting } from "../../spotify-session/editor/scopes/scopes";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  scopes: string[];
  clientId: string;
  source: string;
  emit: string;
  authorizationHeader: boolean;
  version: number;
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
        const { scopes } = migrateToken({ ...node, scopes: value }).properties;
        return isScopeSetting(scopes ?? []) || node._("spotify-token.validation.scopes");
      }),
    },
    clientId: {
      value: "best",
      validate: explained((value, node) => {
        const valid = isValidSetting(value, ["best", "", "keymaster", "android", "ios"]);
        return valid || node._("spotify-token.validation.clientId");
      }),
    },
    source: { value: "auto" },
    emit: { value: "input" },
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
    dialog = openDialog(this as Placed, (key, values) => this._(`spotify-token.${key}`, values), {
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
