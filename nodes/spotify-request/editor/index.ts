import type { RED as EditorRED } from "@node-red/editor-client";
import { isValidSetting } from "../../shared/editor/client-id";
import { OFFERED_CLIENT_IDS } from "../../shared/editor/client-id-row";
import { showMigrated } from "../../shared/editor/migrated";
import { isOutput, outputField } from "../../shared/editor/output-property";
import { isScopeSetting } from "../../shared/editor/scopes/scopes";
import { explained } from "../../shared/editor/validate";
import { DEFAULTS } from "../defaults";
import { migrateRequest, REQUEST_VERSION } from "../migrate";
import { openDialog, type RequestDialog } from "./dialog";
import { isPathSetting } from "./path-text";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  method: string;
  path: string;
  pathType: string;
  query: string;
  queryType: string;
  body: string;
  bodyType: string;
  scopes: string[] | string;
  scopesType: string;
  clientId: string;
  clientIdType: string;
  all: boolean;
  output: string;
  version: number;
}

let dialog: RequestDialog | undefined;

function close(): void {
  dialog?.close();
  dialog = undefined;
}

RED.nodes.registerType<Properties>("spotify-request", {
  category: "Spotify",
  color: "#62CC8C",
  icon: "spotify-request.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("spotify-request.label");
  },
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    method: { value: DEFAULTS.method },
    path: {
      value: DEFAULTS.path,
      validate: explained((value, node) => {
        const { pathType = DEFAULTS.pathType } = node as Partial<Properties>;
        const isGood = value === undefined || pathType !== "str" || isPathSetting(value);
        return isGood || node._("spotify-request.validation.path");
      }),
    },
    pathType: { value: DEFAULTS.pathType },
    query: { value: DEFAULTS.query },
    queryType: { value: DEFAULTS.queryType },
    body: { value: DEFAULTS.body },
    bodyType: { value: DEFAULTS.bodyType },
    scopes: {
      value: [],
      validate: explained((value, node) => {
        const { scopesType = DEFAULTS.scopesType } = node as Partial<Properties>;
        const isGood = scopesType !== "list" || isScopeSetting(value ?? []);
        return isGood || node._("spotify-request.validation.scopes");
      }),
    },
    scopesType: { value: DEFAULTS.scopesType },
    clientId: {
      value: DEFAULTS.clientId,
      validate: explained((value, node) => {
        const { clientIdType = DEFAULTS.clientIdType } = node as Partial<Properties>;
        const isGood = clientIdType !== "str" || isValidSetting(value, OFFERED_CLIENT_IDS);
        return isGood || node._("spotify-request.validation.clientId");
      }),
    },
    clientIdType: { value: DEFAULTS.clientIdType },
    all: { value: DEFAULTS.all },
    output: {
      value: DEFAULTS.output,
      validate: explained((value, node) => isOutput(value) || node._("spotify-request.validation.output")),
    },
    version: { value: REQUEST_VERSION },
  },
  label() {
    if (this.name) return this.name;
    const { method, path, pathType } = migrateRequest(this).properties;
    if (pathType !== "str" || path === "") return this._("spotify-request.label");
    return `${method} ${path}`.trim();
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("spotify-request.input");
  },
  outputLabels() {
    return this._("spotify-request.output");
  },
  align: "left",
  oneditprepare() {
    close();
    const properties = showMigrated(this, migrateRequest(this), "node-input");
    outputField();
    dialog = openDialog(this, (key, values) => this._(`spotify-request.${key}`, values), properties);
  },
  oneditsave() {
    if (dialog !== undefined) this.scopes = dialog.scopes();
    this.version = migrateRequest(this).properties.version;
    close();
  },
  oneditcancel: close,
  oneditdelete: close,
});
