import type { RED as EditorRED } from "@node-red/editor-client";
import { accountField } from "../../shared/editor/account-field";
import { envTexts } from "../../shared/editor/env-layers";
import { showMigrated } from "../../shared/editor/migrated";
import { isOutput, outputField } from "../../shared/editor/output-property";
import { explained } from "../../shared/editor/validate";
import { USUAL_CHANGES } from "../changes";
import { migrateNowPlaying, NOW_PLAYING_VERSION } from "../migrate";
import { eventsField, type EventsField } from "./events-field";
import { tickField, type TickField } from "./tick-field";
import { isTickSetting } from "./tick-setting";

declare const RED: EditorRED;

interface Properties {
  name: string;
  session: string;
  events: string[];
  atStart: boolean;
  tick: number | string;
  output: string;
  version: number;
}

let fields: { events: EventsField; tick: TickField } | undefined;

RED.nodes.registerType<Properties>("spotify-now-playing", {
  category: "Spotify",
  color: "#62CC8C",
  icon: "spotify-now-playing.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("spotify-now-playing.label");
  },
  defaults: {
    name: { value: "" },
    session: { value: "", type: "spotify-session", required: true },
    events: {
      value: [...USUAL_CHANGES],
      validate: explained((value, node) => {
        const isList = value === undefined || Array.isArray(value);
        return isList || node._("spotify-now-playing.validation.events");
      }),
    },
    atStart: { value: true },
    tick: {
      value: 0,
      validate: explained(
        (value, node) => isTickSetting(value) || node._("spotify-now-playing.validation.tick"),
      ),
    },
    output: {
      value: "payload",
      validate: explained(
        (value, node) => isOutput(value) || node._("spotify-now-playing.validation.output"),
      ),
    },
    version: { value: NOW_PLAYING_VERSION },
  },
  label() {
    return this.name || this._("spotify-now-playing.label");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("spotify-now-playing.input");
  },
  outputLabels() {
    return this._("spotify-now-playing.output");
  },
  align: "left",
  oneditprepare() {
    const properties = showMigrated(this, migrateNowPlaying(this), "node-input");
    outputField();
    const env = envTexts(this);
    const translate = (key: string): string => this._(`spotify-now-playing.${key}`);
    accountField(properties.session, env);
    fields = {
      events: eventsField(translate, properties.events),
      tick: tickField(translate, env, properties.tick),
    };
  },
  oneditsave() {
    if (fields !== undefined) {
      this.events = fields.events.chosen();
      this.tick = fields.tick.value();
    }
    fields = undefined;
    this.version = migrateNowPlaying(this).properties.version;
  },
  oneditcancel() {
    fields = undefined;
  },
});
