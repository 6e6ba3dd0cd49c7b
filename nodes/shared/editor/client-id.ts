/** What the property `clientId` of both nodes may hold, and what that stands for. Pure. */
import { CLIENT_IDS, type ClientIdName, clientIdName } from "../../../src/core/knowledge";
import { isEnvReference } from "./env";

/**
 * The select's entry for a client ID that the user types in. It is stored only while nothing is typed in yet, so
 * that the node shows as unfinished instead of quietly falling back to something else.
 */
export const OWN_APP = "own";

export function isOwnAppId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text);
}

export function isClientIdName(text: string): text is ClientIdName {
  return Object.hasOwn(CLIENT_IDS, text);
}

/** The entry of the select that stands for a stored value: one of `offered`, or {@link OWN_APP}. */
export function choiceFor(stored: string, offered: readonly string[]): string {
  return offered.includes(stored) ? stored : OWN_APP;
}

/** What to store for an entry of the select and the text of the own-app field. */
export function storedFor(choice: string, ownAppId: string): string {
  if (choice !== OWN_APP) return choice;
  const text = ownAppId.trim();
  // Node-RED tells capital and small letters of a variable's name apart.
  return isEnvReference(text) ? text : text.toLowerCase() || OWN_APP;
}

/** Whether a stored value is one a node can work with; `offered` are the words it may hold. */
export function isValidSetting(stored: unknown, offered: readonly string[]): boolean {
  // What a flow does not hold has its default.
  if (stored === undefined) return true;
  if (typeof stored !== "string") return false;
  return offered.includes(stored) || isOwnAppId(stored) || isEnvReference(stored);
}

/**
 * The client ID, as 32 hex digits, that a session starts with. The browser does not know on which platform
 * Node-RED runs; `""` is taken for the default of everything but Android and iOS.
 */
export function sessionClientId(stored: string): string {
  if (stored === "") return CLIENT_IDS.keymaster;
  return isClientIdName(stored) ? CLIENT_IDS[stored] : stored.toLowerCase();
}

/** The catalog key, below `clientId.`, of the name a person knows a client ID by. */
export function clientIdKey(clientId: string): ClientIdName | typeof OWN_APP {
  return clientIdName(clientId) ?? OWN_APP;
}
