/** The playlists that a person has made, and changes. */
import { CATALOGUE, type ContextEntry, type ItemEntry } from "./catalogue";

export interface OwnPlaylist extends ContextEntry {
  name: string;
  description: string;
  isPublic: boolean;
  isCollaborative: boolean;
  /** A username. */
  readonly owner: string;
  items: ItemEntry[];
  /** Grows with each change. */
  revision: number;
}

export type PlaylistDetails = Pick<OwnPlaylist, "name" | "description" | "isPublic" | "isCollaborative">;

/** The stand-alone simulator runs for weeks. */
const MAX_PLAYLISTS = 1_000;

export class Playlists {
  readonly #owner: string;
  /** By ID, in the order in which they are listed. */
  readonly #own = new Map<string, OwnPlaylist>();
  #created = 0;

  constructor(owner: string) {
    this.#owner = owner;
    const { defaultPlaylist, dinner, party } = CATALOGUE;
    for (const { uri, name, items } of [defaultPlaylist, dinner, party]) {
      this.#add({ uri, name, description: "", isPublic: true, isCollaborative: false, items: [...items] });
    }
  }

  all(): OwnPlaylist[] {
    return [...this.#own.values()];
  }

  find(id: string): OwnPlaylist | undefined {
    return this.#own.get(id);
  }

  /** A new playlist, which is listed first. */
  create(details: PlaylistDetails, items: readonly ItemEntry[] = []): OwnPlaylist {
    this.#created++;
    const uri = `spotify:playlist:5imMade${String(this.#created).padStart(15, "0")}`;
    const others = [...this.#own];
    this.#own.clear();
    const playlist = this.#add({ ...details, uri, items: [...items] });
    for (const [id, other] of others.slice(0, MAX_PLAYLISTS - 1)) this.#own.set(id, other);
    return playlist;
  }

  #add(playlist: Omit<OwnPlaylist, "owner" | "revision">): OwnPlaylist {
    const own = { ...playlist, owner: this.#owner, revision: 1 };
    this.#own.set(idOf(own.uri), own);
    return own;
  }
}

function idOf(uri: string): string {
  return uri.split(":").at(-1) ?? "";
}
