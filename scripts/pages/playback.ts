/** `docs/playback.md`: the actions, in the words of the node's dialog. */
import * as catalog from "../../nodes/spotify-playback/locales/en-US/spotify-playback.json";
import { OFFERED, takesDevice, VALUES } from "../../nodes/spotify-playback/editor/action-fields";
import { code, table } from "./markdown";

const texts = catalog["spotify-playback"];
const ACTION_TEXTS: Readonly<Record<string, { label: string; text: string }>> = texts.action;
const VALUE_TEXTS: Readonly<Record<string, { text: string }>> = texts.value;

export const playback = {
  actions: (): string => {
    const rows = OFFERED.filter((action) => action !== "").map((action) => {
      const { label, text } = ACTION_TEXTS[action]!;
      const value = VALUES[action];
      return [
        code(action),
        label,
        text,
        value === undefined ? "none" : VALUE_TEXTS[value]!.text,
        takesDevice(action) ? "yes" : "no",
      ];
    });
    return table(["`msg.action`", "in the dialog", "what it does", "value", "takes a device"], rows);
  },
};
