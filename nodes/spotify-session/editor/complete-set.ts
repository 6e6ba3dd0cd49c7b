/** What an account can do with the sign-ins that it has, and which sign-in it lacks for the rest. Pure. */
import { clientIdKey, OWN_APP } from "../../shared/editor/client-id";
import type { WayName } from "../../shared/editor/account-dialog";
import type { SignIn } from "./sign-ins";

/** `player`: now playing and playback; `webApi`: tokens and the Web API. */
export interface Ability {
  id: "player" | "webApi";
  isThere: boolean;
  /** The way of signing in that gives it. */
  way: WayName;
}

/** The abilities in the order of the dialog; an empty list if the account is not signed in. */
export function abilities(signIns: readonly SignIn[]): Ability[] {
  const valid = signIns.filter(({ ended }) => !ended);
  if (valid.length === 0) return [];
  const isConnected = valid.some(({ way }) => way !== "app");
  const hasOwnApp = valid.some(
    ({ way, clientId }) => way === "app" && clientIdKey(clientId ?? "") === OWN_APP,
  );
  return [
    { id: "player", isThere: isConnected, way: "pair" },
    { id: "webApi", isThere: hasOwnApp, way: "own-app" },
  ];
}
