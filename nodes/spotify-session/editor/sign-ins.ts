/** Who is signed in, by which ways, since when and until when: what a person reads of it. Pure. */
import { clientIdKey, OWN_APP } from "../../shared/editor/client-id";
import type { WayName } from "../../shared/editor/account-dialog";
import type { Line } from "./line";
import { isRecord } from "../../shared/editor/record";

const WAYS = ["configured", "stored", "app"] as const;
const KINDS = ["pairing", "import", "tap"] as const;

/**
 * `configured`: the pasted credential in Node-RED's credentials; `stored`: a credential that Spotify handed out;
 * `app`: what the user has granted to a client ID.
 */
export interface SignIn {
  id: string;
  way: (typeof WAYS)[number];
  /** How a `stored` one came; undefined if that is not known. */
  by: (typeof KINDS)[number] | undefined;
  clientId: string | null;
  username: string | null;
  /** ms since the epoch */
  since: number | null;
  /** Of a pairing: when its permissions are over; its connection has no end. */
  until: number | null;
  /** Spotify no longer accepts it. */
  ended: boolean;
  scopes: string[];
}

export interface SignInView {
  id: string;
  way: SignIn["way"];
  title: Line;
  /** A client ID to show as it is: of an own app. */
  clientId: string | undefined;
  tone: "good" | "endsSoon" | "ended";
  details: Line[];
  scopes: readonly string[];
  /** How to sign in again; undefined if that will not be needed soon. */
  again: WayName | undefined;
}

/** So long before its end a sign-in is worth renewing, ms. */
const SOON = 30 * 24 * 3600_000;

/** The sign-ins in an answer; an empty list if it has none, as in an earlier version. */
export function readSignIns(value: unknown): SignIn[] {
  return Array.isArray(value) ? value.flatMap(readSignIn) : [];
}

function readSignIn(value: unknown): SignIn[] {
  if (!isRecord(value)) return [];
  const { id, clientId, username, since, until, ended, scopes } = value;
  const way = WAYS.find((one) => one === value["way"]);
  if (typeof id !== "string" || way === undefined) return [];
  return [
    {
      id,
      way,
      by: way === "stored" ? KINDS.find((one) => one === value["by"]) : undefined,
      clientId: typeof clientId === "string" && clientId !== "" ? clientId : null,
      username: typeof username === "string" && username !== "" ? username : null,
      since: typeof since === "number" ? since : null,
      until: typeof until === "number" ? until : null,
      ended: ended === true,
      scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
    },
  ];
}

/** @param when writes a day (ms since the epoch) the way the user's language does */
export function signInViews(
  signIns: readonly SignIn[],
  now: number,
  when: (time: number) => string,
): SignInView[] {
  return signIns.map((signIn) => {
    const tone = toneOf(signIn, now);
    const isOwnApp = signIn.way === "app" && clientIdKey(signIn.clientId ?? "") === OWN_APP;
    return {
      id: signIn.id,
      way: signIn.way,
      title: titleOf(signIn, isOwnApp),
      clientId: isOwnApp ? (signIn.clientId ?? "") : undefined,
      tone,
      details: detailsOf(signIn, tone, now, when),
      scopes: signIn.scopes,
      again: tone === "good" ? undefined : againOf(signIn, isOwnApp),
    };
  });
}

function toneOf({ way, ended, until }: SignIn, now: number): SignInView["tone"] {
  // A connection goes on without its permissions.
  if (ended || (way === "app" && until !== null && until <= now)) return "ended";
  return until !== null && until - now < SOON ? "endsSoon" : "good";
}

function titleOf({ way, by, clientId }: SignIn, isOwnApp: boolean): Line {
  if (by !== undefined) return { key: `signIns.${by}` };
  if (way !== "app") return { key: `signIns.${way}` };
  if (isOwnApp) return { key: "signIns.ownApp" };
  return { key: "signIns.app", names: { name: clientIdKey(clientId ?? "") } };
}

function againOf({ way, by }: SignIn, isOwnApp: boolean): SignInView["again"] {
  if (way === "configured" || by === "import") return "import";
  if (by === "tap") return "tap";
  return isOwnApp ? "own-app" : "pair";
}

function detailsOf(
  { way, username, since, until }: SignIn,
  tone: SignInView["tone"],
  now: number,
  when: (time: number) => string,
): Line[] {
  const details: Line[] = [];
  if (username !== null) details.push({ key: "signIns.username", values: { username } });
  else if (way === "app") details.push({ key: "signIns.unnamed" });
  if (since !== null) details.push({ key: "signIns.since", values: { time: when(since) } });
  if (tone === "ended") details.push({ key: "signIns.ended" });
  else if (way === "app" && until !== null) {
    details.push({ key: "signIns.until", values: { time: when(until) } });
  } else if (until !== null) {
    const key = until > now ? "signIns.permissionsUntil" : "signIns.permissionsEnded";
    details.push({ key: "signIns.noEnd" }, { key, values: { time: when(until) } });
  } else details.push({ key: "signIns.noEnd" });
  return details;
}

/** A day with its year, so that "until May" is never in doubt. */
export function dayText(time: number, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }).format(time);
}
