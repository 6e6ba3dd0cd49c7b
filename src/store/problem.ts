/**
 * What is wrong with the place where a state is kept:
 * - `read`: the file cannot be read; it stays as it is, and nothing is written
 * - `write`: the file cannot be written; writing is tried again
 * - `reserve`: the file was written, but the disk has no room for the next write
 * - `aside`: the file cannot be opened with this key; it was moved to `keptAs`, and a new one takes its place
 * - `away`: the shared store cannot be reached; tokens that are known serve until they expire
 * - `not-shared`: there is no key to seal a shared state with, so that this instance keeps the state for itself
 * - `no-key`: there is no key to seal a file with, so that the state is in memory
 * - `no-disk`: this installation forbids to write, so that the state is in memory
 * - `shared-folder`: another process uses the same folder
 * - `copied`: the folder is a copy of another, so that grants that were given to the other are not used
 */
export type StateProblemKind =
  | "read"
  | "write"
  | "reserve"
  | "aside"
  | "away"
  | "not-shared"
  | "no-key"
  | "no-disk"
  | "shared-folder"
  | "copied";

/** A problem with that place. Holds no secret. */
export interface StateProblem {
  kind: StateProblemKind;
  /** The path of the file; "" if there is none. */
  file: string;
  /** The new path of the file that could not be opened. */
  keptAs?: string;
  /** The code of the operating system (`EACCES`), the name of the error, or the other process; "" if `kind` says all. */
  cause: string;
  /** Sentences for the user. */
  message: string;
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "this user may not access it",
  EPERM: "this user may not access it",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EBUSY: "another program holds it",
  EISDIR: "a folder is in its place",
  E2BIG: "it is too large",
  ECONNREFUSED: "nothing answers there",
  ENOTFOUND: "there is no such host",
  ETIMEDOUT: "it does not answer",
  ECONNRESET: "it closed the connection",
  WRONGPASS: "the user or the password is wrong",
  NOAUTH: "it wants a password",
  NOPERM: "this user may not do that",
  OOM: "its memory is full",
  READONLY: "it is a replica that cannot be written",
  MISCONF: "it cannot write to its disk",
  SEALED: "it was sealed with another key, or is damaged",
};

/** The code of the operating system in words, if it is known. */
export function inWords(cause: string): string {
  const words = WORDS[cause];
  return words === undefined ? cause : `${words} (${cause})`;
}

/** @param error of the operating system, or of a store */
export function stateProblem(kind: "read" | "write", file = "", error: unknown): StateProblem {
  const { code, name } = (error ?? {}) as NodeJS.ErrnoException;
  const cause = code ?? name ?? "unknown error";
  const why = `${file || "the store"}: ${inWords(cause)}`;
  const message =
    kind === "read"
      ? `The account's state cannot be read (${why}). It stays as it is. The account connects when it can be read.`
      : `The account's state cannot be written (${why}). It is tried again; what has changed is lost at a restart.`;
  return { kind, file, cause, message };
}

/** The file took the last room of the disk: what was kept for it, or what was left. @param error why there is no more */
export function lastRoom(file: string, error: NodeJS.ErrnoException): StateProblem {
  const cause = error.code ?? "";
  const message =
    `The account's state was written into the last room that there was for it (${file}: ${inWords(cause)}). Free some ` +
    "room, or the next change may be lost.";
  return { kind: "reserve", file, cause, message };
}

/** The file was sealed with another key or for another account, or is damaged. */
export function setAside(file: string, keptAs: string): StateProblem {
  const message =
    `The account's state cannot be opened (${file}): it was sealed with another key or for another account, or is damaged. ` +
    `It is kept as ${keptAs} and is used again when its key is back. Until then, sign in again.`;
  return { kind: "aside", file, keptAs, cause: "", message };
}

/** The shared store cannot be reached. @param place without a password */
export function storeAway(place: string, error: unknown): StateProblem {
  const cause = (error as NodeJS.ErrnoException).code ?? "unknown error";
  const message =
    `The shared store cannot be reached (${place}: ${inWords(cause)}). Tokens that are known serve until they expire, ` +
    "and what changes is stored when it is back.";
  return { kind: "away", file: place, cause, message };
}

/** @param file of the lock @param other process, which has it */
export function sharedFolder(file: string, { host, pid }: { host: string; pid: number }): StateProblem {
  const cause = `${host}, pid ${pid}`;
  const message =
    `Another Node-RED (${cause}) uses the same folder (${file}). Each of the two can end the other's sign-ins. Give each ` +
    "a user directory of its own, or let them share accounts by a shared store (spotifySessionStore).";
  return { kind: "shared-folder", file, cause, message };
}

/** @param folder that is the copy */
export function copied(folder: string): StateProblem {
  const message =
    `This user directory is a copy (${folder}). Sign-ins with an app (OAuth grants) are not used here, so that the ` +
    "original keeps them. If the original is gone, use them here: the account's dialog has a button for it.";
  return { kind: "copied", file: folder, cause: "", message };
}
