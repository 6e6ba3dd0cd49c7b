/** What the runtime answers about where a token would come from. Pure. */
import type { Explanation, RouteReason, SourceVerdict } from "../../../../src/tokens/explanation";
import type { WebApiRefusal } from "../../../../src/tokens/web-api-access";
import { isRecord } from "../record";

const SOURCES = ["oauth", "keymaster", "login5"] as const;
const AUDIENCES = ["web-api", "spotify-internal"] as const;
const KNOWN = ["login5", "asked", "reported", "assumed"] as const;

/** An object, so that the compiler notices a reason that is missing here. */
const REASONS: Readonly<Record<RouteReason, true>> = {
  "grant-covers": true,
  mints: true,
  "no-scopes": true,
  "not-needed": true,
  "not-chosen": true,
  "no-grant": true,
  "grant-ended": true,
  "grant-lacks": true,
  "grant-held": true,
  "owner-not-premium": true,
  "not-signed-in": true,
  "session-over": true,
  "needs-scopes": true,
  "has-scopes": true,
  "refused-account": true,
  "refused-client": true,
  "refused-scopes": true,
};

/** Every reason there is. */
export const ROUTE_REASONS = Object.keys(REASONS) as readonly RouteReason[];

/** The explanation in `answer`, or undefined if this editor cannot put it into words. */
export function readExplanation(answer: unknown): Explanation | undefined {
  if (!isRecord(answer) || !Array.isArray(answer["sources"])) return undefined;
  const { clientId, scopes, source, audience, webApi, otherApp } = answer;
  const sources = answer["sources"].map(readVerdict);
  const known = sources.filter((verdict) => verdict !== undefined);
  if (typeof clientId !== "string" || known.length !== SOURCES.length || known.length !== sources.length) {
    return undefined;
  }
  return {
    clientId,
    scopes: texts(scopes),
    source: SOURCES.find((one) => one === source),
    audience: AUDIENCES.find((one) => one === audience),
    webApi: readRefusal(webApi),
    sources: known,
    otherApp: typeof otherApp === "string" && otherApp !== "" ? otherApp : undefined,
  };
}

function readRefusal(value: unknown): WebApiRefusal | undefined {
  if (!isRecord(value)) return undefined;
  const { since, checkedAt } = value;
  return {
    refused: true,
    known: KNOWN.find((one) => one === value["known"]) ?? "assumed",
    ...(typeof since === "string" && { since }),
    ...(typeof checkedAt === "number" && { checkedAt }),
  };
}

function readVerdict(value: unknown): SourceVerdict | undefined {
  if (!isRecord(value)) return undefined;
  const source = SOURCES.find((one) => one === value["source"]);
  const reason = ROUTE_REASONS.find((one) => one === value["reason"]);
  if (source === undefined || reason === undefined) return undefined;
  const { scopes, since, until, code } = value;
  return {
    source,
    reason,
    taken: value["taken"] === true,
    ...(Array.isArray(scopes) && { scopes: texts(scopes) }),
    ...(typeof since === "number" && { since }),
    ...(typeof until === "number" && { until }),
    // What no catalog names is shown as it is.
    ...(typeof code === "string" && { code: code as NonNullable<SourceVerdict["code"]> }),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
