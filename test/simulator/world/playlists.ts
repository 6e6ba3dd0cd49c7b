/** The list of playlists of a person: those that the person has made, and changes, and those that the person follows. */
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

export interface PlaylistOptions extends Partial<PlaylistDetails> {
  /** Default: the person; the person follows what somebody else has made. */
  owner?: string;
  items?: readonly ItemEntry[];
}

export type PlaylistDetails = Pick<OwnPlaylist, "name" | "description" | "isPublic" | "isCollaborative">;

/** The stand-alone simulator runs for weeks. */
const MAX_PLAYLISTS = 1_000;

const USUAL: PlaylistDetails = {
  name: "New playlist",
  description: "",
  isPublic: true,
  isCollaborative: false,
};

export class Playlists {
  readonly #owner: string;
  /** By ID, in the order in which they are listed. */
  readonly #own = new Map<string, OwnPlaylist>();
  #created = 0;

  constructor(owner: string) {
    this.#owner = owner;
    const { defaultPlaylist, dinner, party, dj } = CATALOGUE;
    for (const { uri, name, items } of [defaultPlaylist, dinner, party]) {
      this.#add({ uri, ...USUAL, name, owner, items: [...items] });
    }
    this.#add({ ...USUAL, uri: dj.uri, name: dj.name, owner: "spotify", items: [...dj.items] });
  }

  all(): OwnPlaylist[] {
    return [...this.#own.values()];
  }

  /** One that the person has made. */
  find(id: string): OwnPlaylist | undefined {
    const playlist = this.#own.get(id);
    return playlist?.owner === this.#owner ? playlist : undefined;
  }

  /** A new playlist, which is listed first. */
  create({ owner = this.#owner, items = [], ...details }: PlaylistOptions = {}): OwnPlaylist {
    this.#created++;
    const uri = `spotify:playlist:5imMade${String(this.#created).padStart(15, "0")}`;
    const others = [...this.#own];
    this.#own.clear();
    const playlist = this.#add({ ...USUAL, ...details, uri, owner, items: [...items] });
    for (const [id, other] of others.slice(0, MAX_PLAYLISTS - 1)) this.#own.set(id, other);
    return playlist;
  }

  #add(playlist: Omit<OwnPlaylist, "revision">): OwnPlaylist {
    const own = { ...playlist, revision: 1 };
    this.#own.set(idOf(own.uri), own);
    return own;
  }
}

function idOf(uri: string): string {
  return uri.split(":").at(-1) ?? "";
}
