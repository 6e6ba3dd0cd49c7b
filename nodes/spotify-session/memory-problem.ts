import { inWords, type StateProblem } from "../../src/store/problem";

/** @param file of the key @param cause code of the operating system, or `damaged` */
export function noKey(file: string, cause: string): StateProblem {
  const message =
    `The account's state is kept in memory and is lost at a restart: there is no key to seal it with (${file}: ${inWords(cause)}). ` +
    "Open the account's dialog and deploy, so that the account gets a key of its own.";
  return { kind: "no-key", file, cause, message };
}

/** The account is to be shared, and there is nothing to seal it with that the other instances have, too. */
export function notShared(): StateProblem {
  const message =
    "The account is not shared with other instances of Node-RED: it has no key yet. Open the account's dialog and deploy, " +
    "or give spotifySessionStore in settings.js a secret.";
  return { kind: "not-shared", file: "", cause: "", message };
}

/** @param setting that says so */
export function noDisk(setting: string): StateProblem {
  const message = `The account's state is kept in memory and is lost at a restart: ${setting} forbids to write.`;
  return { kind: "no-disk", file: "", cause: setting, message };
}
