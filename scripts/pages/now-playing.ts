/** `docs/now-playing.md`: the changes that the node can send, in the words of its dialog. */
import * as catalog from "../../nodes/spotify-now-playing/locales/en-US/spotify-now-playing.json";
import { USUAL_CHANGES } from "../../nodes/spotify-now-playing/changes";
import { PLAYBACK_CHANGES } from "../../src/player/playback-state";
import { code, table } from "./markdown";

export const nowPlaying = {
  changes: (): string => {
    const texts = catalog["spotify-now-playing"].change;
    const rows = PLAYBACK_CHANGES.map((change) => {
      const { label, text } = texts[change];
      return [code(change), label, text, USUAL_CHANGES.includes(change) ? "yes" : "no"];
    });
    return table(["`msg.topic`", "a message when", "more", "ticked in a new node"], rows);
  },
};
