/** What is wrong with the client ID of an own app. Pure. */
import { clientIdName } from "../../../../src/core/knowledge";
import { isOwnAppId } from "../../../shared/editor/client-id";

/**
 * - `missing`: nothing is filled in;
 * - `form`: not 32 hex digits;
 * - `notOwn`: of one of Spotify's own apps, for which users cannot register an address.
 */
export type ClientIdProblem = "missing" | "form" | "notOwn";

/** @param isFinal whether the user has finished typing; until then nothing is missing */
export function clientIdProblem(text: string, isFinal: boolean): ClientIdProblem | undefined {
  const id = text.trim().toLowerCase();
  if (id === "") return isFinal ? "missing" : undefined;
  if (!isOwnAppId(id)) return isFinal || id.length >= 32 || /[^0-9a-f]/.test(id) ? "form" : undefined;
  return clientIdName(id) === undefined ? undefined : "notOwn";
}
