import type { RED as EditorRED } from "@node-red/editor-client";
import { accountField } from "../../shared/editor/account-field";
import { envTexts } from "../../shared/editor/env-layers";
import { explained } from "../../shared/editor/validate";
import { EVENTS_VERSION, migrateEvents } from "../migrate";
import { EVENT_KINDS } from "../kinds";
import { kindsField, type KindsField } from "./kinds-field";
import { hasKind } from "./kinds";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  kinds: string[];
  version: number;
}

let kinds: KindsField | undefined;

RED.nodes.registerType<Properties>("spotify-events", {
  category: "Spotify",
  color: "#62CC8C",
  icon: "spotify-events.svg",
  inputs: 0,
  outputs: 1,
  paletteLabel() {
    return this._("spotify-events.label");
  },
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    kinds: {
      value: [...EVENT_KINDS],
      validate: explained((value, node) => hasKind(value) || node._("spotify-events.validation.kinds")),
    },
    version: { value: EVENTS_VERSION },
  },
  label() {
    return this.name || this._("spotify-events.label");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels() {
    return this._("spotify-events.output");
  },
  align: "left",
  oneditprepare() {
    const { properties } = migrateEvents(this);
    accountField(properties.session, envTexts(this));
    kinds = kindsField((key) => this._(`spotify-events.${key}`), properties.kinds);
  },
  oneditsave() {
    if (kinds !== undefined) this.kinds = kinds.chosen();
    kinds = undefined;
    this.version = migrateEvents(this).properties.version;
  },
  oneditcancel() {
    kinds = undefined;
  },
});
