/** The dialog of spotify-playback: it shows only the fields that the action needs. */
import { PLAYING_TOPIC } from "../../shared/account-topic";
import { accountField } from "../../shared/editor/account-field";
import { advancedSection } from "../../shared/editor/advanced";
import { byId } from "../../shared/editor/dom";
import { envTexts, type Placed } from "../../shared/editor/env-layers";
import { liveFeed } from "../../shared/editor/live-feed";
import { keepUnoffered } from "../../shared/editor/select";
import type { Translate } from "../../shared/editor/translate";
import { DEFAULTS } from "../defaults";
import { givesResult, mayWake, OFFERED, takesDevice, takesPlaylist, VALUES } from "./action-fields";
import { devicePicker, playlistPicker } from "./pickers";
import { isPlaylist, playlistIn } from "./playlist-rows";
import { isTimeoutSetting } from "./timeout-setting";

const DEVICE_KINDS = ["str", "msg", "flow", "global", "env"];
const VALUE_KINDS = ["msg", "str", "num", "bool", "json", "flow", "global", "env", "jsonata"];

export interface Shown {
  session: unknown;
  action: unknown;
  deviceType: unknown;
  valueType: unknown;
  confirm: unknown;
  timeout: unknown;
  route: unknown;
}

/** @returns closes it */
export function openDialog(node: Placed, translate: Translate, shown: Shown): () => void {
  const account = accountField(shown.session, envTexts(node));
  const action = byId("node-input-action", HTMLSelectElement);
  for (const one of OFFERED) action.add(new Option(translate(`action.${one || "message"}.label`), one));
  action.value = typeof shown.action === "string" ? shown.action : DEFAULTS.action;
  keepUnoffered(action, shown.action);

  const device = $("#node-input-device");
  device.typedInput({
    default: DEFAULTS.deviceType,
    types: DEVICE_KINDS as never,
    typeField: $("#node-input-deviceType"),
  });
  device.typedInput("type", typeof shown.deviceType === "string" ? shown.deviceType : DEFAULTS.deviceType);
  const value = $("#node-input-value");
  value.typedInput({
    default: DEFAULTS.valueType,
    types: VALUE_KINDS as never,
    typeField: $("#node-input-valueType"),
  });
  value.typedInput("type", typeof shown.valueType === "string" ? shown.valueType : DEFAULTS.valueType);

  const ending = new AbortController();
  const accountId = (): string | undefined => account.accountId();
  const changes = liveFeed(accountId, ending.signal);
  const playing = liveFeed(accountId, ending.signal, PLAYING_TOPIC);
  const devices = devicePicker(translate, { account: accountId, feeds: [changes, playing] }, (name) => {
    device.typedInput("type", "str");
    device.typedInput("value", name);
  });
  const playlists = playlistPicker(translate, { account: accountId, feeds: [changes] }, (uri) => {
    value.typedInput("type", "str");
    value.typedInput("value", uri);
  });

  const displayDevice = (): void => {
    const name = device.typedInput("value");
    const isText = device.typedInput("type") === "str";
    devices.chosen(isText ? name : "");
    byId("spotify-device-hint", HTMLElement).textContent = translate(
      isText && name.trim() === "" ? "hint.activeDevice" : "hint.device",
    );
  };
  device.on("change", displayDevice);

  const displayValue = (): void => {
    const chosen = action.value;
    const meaning = VALUES[chosen as keyof typeof VALUES];
    if (meaning === undefined) return;
    const playlist = value.typedInput("type") === "str" ? playlistIn(value.typedInput("value")) : "";
    playlists.chosen(playlist);
    const name = takesPlaylist(chosen) ? playlists.nameOf(playlist) : undefined;
    byId("spotify-value-hint", HTMLElement).textContent =
      name === undefined ? translate(`value.${meaning}.text`) : translate("hint.playlist", { name });
  };
  value.on("change", displayValue);
  $(account.select).on("change", () => {
    devices.accountChanged();
    playlists.accountChanged();
  });

  const display = (): void => {
    const chosen = action.value;
    const meaning = VALUES[chosen as keyof typeof VALUES];
    byId("spotify-action-hint", HTMLElement).textContent = translate(`action.${chosen || "message"}.text`);
    byId("spotify-value-row", HTMLElement).hidden = meaning === undefined;
    byId("spotify-playlists", HTMLElement).hidden = !takesPlaylist(chosen);
    byId("spotify-device-row", HTMLElement).hidden = !takesDevice(chosen);
    byId("spotify-wake-row", HTMLElement).hidden = !mayWake(chosen);
    byId("spotify-output-row", HTMLElement).hidden = !givesResult(chosen);
    if (meaning === undefined) return;
    byId("spotify-value-label", HTMLElement).textContent = translate(`value.${meaning}.label`);
    displayValue();
  };
  action.addEventListener("change", display);

  const timeout = byId("node-input-timeout", HTMLInputElement);
  const checkTimeout = (): void => {
    const isGood = isTimeoutSetting(timeout.value);
    timeout.setAttribute("aria-invalid", String(!isGood));
    byId("spotify-timeout-problem", HTMLElement).textContent = isGood ? "" : translate("validation.timeout");
  };
  timeout.addEventListener("input", checkTimeout);
  keepUnoffered(byId("node-input-route", HTMLSelectElement), shown.route);
  advancedSection(
    "spotify-playback-advanced",
    shown.confirm === false ||
      String(shown.timeout) !== String(DEFAULTS.timeout) ||
      shown.route !== DEFAULTS.route,
  );
  display();
  displayDevice();
  // The URI of a playlist says nothing to a person.
  const stored = playlistIn(value.typedInput("value"));
  if (takesPlaylist(action.value) && value.typedInput("type") === "str" && isPlaylist(stored)) {
    playlists.learnNames(() => {
      if (!ending.signal.aborted) displayValue();
    });
  }
  checkTimeout();
  return () => {
    devices.close();
    playlists.close();
    ending.abort();
  };
}
