/** The playlists of an account: its own, and followed ones. */
import { randomBytes } from "node:crypto";
import { CATALOGUE, type ItemEntry } from "./catalogue";

const BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

export interface SimulatedPlaylist {
  /** `spotify:playlist:…` */
  readonly uri: string;
  name: string;
  /** The username of the owner. */
  readonly owner: string;
  description: string;
  isPublic: boolean;
  isCollaborative: boolean;
  items: ItemEntry[];
  /** Changes with each change of the items: 24 bytes. */
  revision: Buffer;
}

export interface PlaylistOptions {
  name?: string;
  owner?: string;
  description?: string;
  isPublic?: boolean;
  isCollaborative?: boolean;
  items?: readonly ItemEntry[];
}

export class Playlists {
  readonly #username: string;
  /** In the order of the person's own list. */
  readonly all: SimulatedPlaylist[] = [];

  constructor(username: string) {
    this.#username = username;
    for (const playlist of CATALOGUE.playlists) {
      const { uri, name, items } = playlist;
      this.#put(uri, { name, items, ...(playlist === CATALOGUE.dj && { owner: "spotify" }) });
    }
  }

  /** Adds one at the top of the list, like Spotify. */
  add(options: PlaylistOptions = {}): SimulatedPlaylist {
    const id = [...randomBytes(21)].map((byte) => BASE62[byte % BASE62.length]).join("");
    const made = this.#put(`spotify:playlist:5${id}`, options);
    this.all.unshift(...this.all.splice(this.all.indexOf(made), 1));
    return made;
  }

  find(id: string): SimulatedPlaylist | undefined {
    return this.all.find(({ uri }) => uri === `spotify:playlist:${id}`);
  }

  #put(uri: string, options: PlaylistOptions): SimulatedPlaylist {
    const {
      name = "New playlist",
      owner = this.#username,
      description = "",
      isPublic = false,
      isCollaborative = false,
    } = options;
    const items = [...(options.items ?? [])];
    const made = { uri, name, owner, description, isPublic, isCollaborative, items, revision: newRevision() };
    this.all.push(made);
    return made;
  }
}

export function newRevision(): Buffer {
  return randomBytes(24);
}
