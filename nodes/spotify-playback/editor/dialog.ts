/** The dialog of spotify-playback: it shows only the fields that the action needs. */
import { PLAYING_TOPIC } from "../../shared/account-topic";
import { accountField } from "../../shared/editor/account-field";
import { advancedSection } from "../../shared/editor/advanced";
import { byId } from "../../shared/editor/dom";
import { envTexts, type Placed } from "../../shared/editor/env-layers";
import { liveFeed } from "../../shared/editor/live-feed";
import { keepUnoffered } from "../../shared/editor/select";
import type { Translate } from "../../shared/editor/translate";
import { typedField } from "../../shared/editor/typed-field";
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

  const device = typedField("device", DEVICE_KINDS, shown.deviceType, DEFAULTS.deviceType);
  const value = typedField("value", VALUE_KINDS, shown.valueType, DEFAULTS.valueType);

  const ending = new AbortController();
  const accountId = (): string | undefined => account.accountId();
  const changes = liveFeed(accountId, ending.signal);
  const playing = liveFeed(accountId, ending.signal, PLAYING_TOPIC);
  const devices = devicePicker(translate, { account: accountId, feeds: [changes, playing] }, (name) => {
    device.set("str", name);
  });
  const playlists = playlistPicker(translate, { account: accountId, feeds: [changes] }, (uri) => {
    value.set("str", uri);
  });

  const displayDevice = (): void => {
    const name = device.value();
    const isText = device.kind() === "str";
    devices.chosen(isText ? name : "");
    byId("spotify-device-hint", HTMLElement).textContent = translate(
      isText && name.trim() === "" ? "hint.activeDevice" : "hint.device",
    );
  };
  device.onChange(displayDevice);

  const displayValue = (): void => {
    const chosen = action.value;
    const meaning = VALUES[chosen as keyof typeof VALUES];
    if (meaning === undefined) return;
    const playlist = value.kind() === "str" ? playlistIn(value.value()) : "";
    playlists.chosen(playlist);
    const name = takesPlaylist(chosen) ? playlists.nameOf(playlist) : undefined;
    byId("spotify-value-hint", HTMLElement).textContent =
      name === undefined ? translate(`value.${meaning}.text`) : translate("hint.playlist", { name });
  };
  value.onChange(displayValue);
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
  const stored = playlistIn(value.value());
  if (takesPlaylist(action.value) && value.kind() === "str" && isPlaylist(stored)) {
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
