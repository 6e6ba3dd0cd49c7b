import type { NodeAPI, NodeStatus } from "node-red";
import { clientIdName, type Session } from "../../src";
import { accountStatus, type AccountFacts } from "../shared/account-status";
import { timeOfDay } from "../shared/time-of-day";

/** The state of the account; if Spotify has changed its client ID, also which one and since when. */
export function composeStatus(RED: Pick<NodeAPI, "_">, facts: AccountFacts): NodeStatus {
  const text = (key: string, values?: Record<string, string>): string =>
    RED._(`spotify-events.${key}`, values);
  const status = accountStatus(text, facts);
  if (status) return status;
  if (facts.session?.state !== "ready") return {};
  return { fill: "green", shape: "dot", text: readyText(facts.session, text) };
}

function readyText(
  { clientIdState }: Session,
  text: (key: string, values?: Record<string, string>) => string,
): string {
  const { clientId, reason, since } = clientIdState;
  if (reason === "configured") return text("status.ready");
  return text("status.since", { name: shortName(clientId), time: timeOfDay(since) });
}

/** Seven characters at most, because a status has room for twenty. */
function shortName(clientId: string): string {
  const name = clientIdName(clientId);
  if (name === "keymaster") return "desktop";
  return name ?? `${clientId.slice(0, 6)}…`;
}
