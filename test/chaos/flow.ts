/** The flows that all Node-REDs of a household run: nodes that constantly ask one account for tokens. */
import { randomBytes } from "node:crypto";
import type { FlowNode } from "../../scripts/user-dir";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { ACCOUNT } from "../installed/account-flow";

/** Environment variable: the name of the Node-RED. */
export const NAME = "HOUSEHOLD_NAME";
export const SCOPES = ["user-read-currently-playing", "user-top-read"];
/** The client ID for which the nodes ask keymaster. */
export const KEYMASTER_CLIENT_ID = CLIENT_IDS.keymaster;

/** Each token is reported once, because a line for each message would be most of the work. */
const REPORT_TOKEN = `
const { accessToken, clientId, source } = msg.payload;
const of = source + clientId;
if (context.get(of) === accessToken) return null;
context.set(of, accessToken);
return { payload: JSON.stringify({ from: env.get("${NAME}"), source, clientId, accessToken }) + "\\n" };
`;
const REPORT_ERROR = `
return { payload: JSON.stringify({ from: env.get("${NAME}"), error: msg.error.code || "none" }) + "\\n" };
`;

export interface HouseholdFlow {
  nodes: FlowNode[];
  /** In the form in which Node-RED keeps them, but not encrypted yet. */
  credentials: Record<string, Record<string, string>>;
}

/** @param clientIds of the user's apps @param reportPort port for tokens and errors @param askEvery seconds */
export function householdFlow(
  clientIds: readonly string[],
  reportPort: number,
  askEvery = 0.2,
): HouseholdFlow {
  const z = "tab-of-household";
  const place = { z, x: 200, y: 80 };
  const wanted = [
    { clientId: KEYMASTER_CLIENT_ID, source: "keymaster" },
    ...clientIds.map((clientId) => ({ clientId, source: "oauth" })),
  ];
  const tokenNodes = wanted.map(({ clientId, source }, index) => ({
    id: `token-${index}`,
    type: "spotify-token",
    ...place,
    session: ACCOUNT,
    scopes: SCOPES,
    clientId,
    source,
    emit: "input",
    authorizationHeader: false,
    wires: [["report-token"]],
  }));
  const nodes: FlowNode[] = [
    { id: z, type: "tab", label: "Household" },
    {
      id: ACCOUNT,
      type: "spotify-session",
      name: "Household",
      clientId: "keymaster",
      followClientId: false,
      deviceName: "",
      connect: false,
    },
    {
      id: "ask",
      type: "inject",
      ...place,
      props: [],
      repeat: String(askEvery),
      once: true,
      onceDelay: 0.1,
      wires: [tokenNodes.map(({ id }) => id)],
    },
    ...tokenNodes,
    { id: "catch", type: "catch", ...place, scope: null, uncaught: false, wires: [["report-error"]] },
    functionNode("report-token", REPORT_TOKEN),
    functionNode("report-error", REPORT_ERROR),
    {
      id: "send",
      type: "tcp out",
      ...place,
      host: "127.0.0.1",
      port: String(reportPort),
      beserver: "client",
      base64: false,
      end: false,
      tls: "",
      wires: [],
    },
  ];
  return { nodes, credentials: { [ACCOUNT]: { stateKey: randomBytes(32).toString("hex") } } };

  function functionNode(id: string, func: string): FlowNode {
    return { id, type: "function", ...place, func, outputs: 1, timeout: 0, libs: [], wires: [["send"]] };
  }
}
