import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "../../shared/editor/client-id";
import { OFFERED_CLIENT_IDS } from "../../shared/editor/client-id-row";
import { showMigrated } from "../../shared/editor/migrated";
import { isOutput, outputField } from "../../shared/editor/output-property";
import { explained } from "../../shared/editor/validate";
import { migrateToken, TOKEN_VERSION } from "../migrate";
import { lacksPermissions } from "./permissions";
import { openDialog, type TokenDialog } from "./dialog";
import { isScopeSetting } from "../../shared/editor/scopes/scopes";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  scopes: string[] | string;
  scopesType: string;
  clientId: string;
  clientIdType: string;
  source: string;
  emit: string;
  output: string;
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
  paletteLabel() {
    return this._("spotify-token.label");
  },
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    scopes: {
      value: [],
      validate: explained((value, node) => {
        const { properties } = migrateToken({ ...(node as Partial<Properties>), scopes: value });
        if (properties.scopesType !== "list") return true;
        if (!isScopeSetting(properties.scopes ?? [])) return node._("spotify-token.validation.scopes");
        return !lacksPermissions(properties) || node._("spotify-token.validation.noScopes");
      }),
    },
    scopesType: { value: "list" },
    clientId: {
      value: "best",
      validate: explained((value, node) => {
        const { clientIdType = "str" } = node as Partial<Properties>;
        const isValid = clientIdType !== "str" || isValidSetting(value, OFFERED_CLIENT_IDS);
        return isValid || node._("spotify-token.validation.clientId");
      }),
    },
    clientIdType: { value: "str" },
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
    return this.name || this._("spotify-token.label");
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
    const { session, scopes, scopesType, clientId, source, emit } = properties;
    outputField();
    dialog = openDialog(this, (key, values) => this._(`spotify-token.${key}`, values), {
      session,
      scopes,
      scopesType,
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
