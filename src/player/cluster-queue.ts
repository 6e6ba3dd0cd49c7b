import type { ProvidedTrack } from "../proto/gen/connect_pb";
import { titleAndArtists } from "./cluster-item";
import { cleanUri } from "./clean-uri";
import { artistNames } from "./artist-names";
import type { QueuedItem } from "./playback-state";

const MAX_ROWS = 20;

/** What comes next. Leaves out the rows that no app shows. */
export function clusterQueue(tracks: readonly ProvidedTrack[]): QueuedItem[] {
  const rows: QueuedItem[] = [];
  for (const track of tracks) {
    if (rows.length === MAX_ROWS) break;
    const uri = cleanUri(track.uri);
    if (uri === null || !isShown(track)) continue;
    const { title, artists } = titleAndArtists(track);
    const queued = track.provider === "queue" || track.metadata["is_queued"] === "true";
    rows.push({ uri, title, artist: artistNames(artists), queued });
  }
  return rows;
}

/** Source: librespot connect/src/state.rs. */
function isShown({ uri, metadata }: ProvidedTrack): boolean {
  const isMark = uri === "spotify:delimiter" || uri.startsWith("spotify:meta:page:");
  return !isMark && metadata["hidden"] !== "true";
}
