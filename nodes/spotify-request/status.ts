import type { NodeAPI, NodeStatus } from "node-red";
import type { SpotifyError } from "../../src";
import { accountStatus, type AccountFacts } from "../shared/account-status";
import { shortened } from "../shared/shortened";

/** What the newest request is about. */
export interface Progress {
  /** Such as `GET /me/playlists`, without the query. */
  call: string;
  /** How many items were read, if all pages are. */
  items?: number;
  total?: number | undefined;
}

/** What the last answer was. */
export interface Result {
  statusCode: number;
  /** How many items the document holds, if it is a list. */
  items: number | undefined;
}

/** What decides the status of a spotify-request node. */
export interface StatusFacts {
  account: AccountFacts;
  /** The error in the node's own properties, if there is one. */
  problem: SpotifyError | undefined;
  /** Undefined if no request is under way. */
  progress: Progress | undefined;
  /** What the last request failed with. */
  error: SpotifyError | undefined;
  result: Result | undefined;
}

const LONGEST = 40;

/** Red: something is wrong. Yellow: a request is under way. Green: what the last one gave. */
export function composeStatus(RED: Pick<NodeAPI, "_">, facts: StatusFacts): NodeStatus {
  const { account, problem, progress, error, result } = facts;
  const text = (key: string, values?: Record<string, string>): string =>
    RED._(`spotify-request.${key}`, values);
  const ofAccount = accountStatus(text, { ...account, problem: problem ?? account.problem });
  if (ofAccount) return ofAccount;
  if (progress) return { fill: "yellow", shape: "dot", text: progressText(text, progress) };
  if (error) return { fill: "red", shape: "ring", text: errorText(text, error) };
  if (!result) return {};
  const { statusCode, items } = result;
  const count = items === undefined ? "" : ` · ${text("status.items", { number: String(items) })}`;
  return { fill: "green", shape: "dot", text: `${statusCode}${count}` };
}

type Text = (key: string, values?: Record<string, string>) => string;

function progressText(text: Text, { call, items, total }: Progress): string {
  if (items === undefined) return shortened(call, LONGEST);
  if (total === undefined) return text("status.items", { number: String(items) });
  return text("status.progress", { items: String(items), total: String(total) });
}

function errorText(text: Text, { code, statusCode }: SpotifyError): string {
  const words = text(`errors.${code}`);
  return statusCode === undefined ? words : `${statusCode} ${words}`;
}
