/** The flows in `examples/`. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FlowNode } from "./user-dir";

export const EXAMPLES = join(__dirname, "..", "examples");

/** File names, in the order in which Node-RED shows them. */
export function exampleFiles(): string[] {
  return readdirSync(EXAMPLES)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
}

export function readExample(file: string): FlowNode[] {
  return JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as FlowNode[];
}

/** All the examples as one set of flows, unedited. */
export function readExamples(): FlowNode[] {
  return exampleFiles().flatMap(readExample);
}

/** The same flows, their accounts signed in: what the editor sends after a sign-in was pasted. */
export function signedIn(flows: readonly FlowNode[], librespotCredentials: string): FlowNode[] {
  return flows.map((node) => {
    if (node.type !== "spotify-session") return node;
    const stateKey = randomBytes(32).toString("hex");
    return { ...node, credentials: { librespotCredentials, stateKey } };
  });
}

const USERS: ReadonlySet<string> = new Set([
  "spotify-token",
  "spotify-events",
  "spotify-now-playing",
  "spotify-playback",
]);

/** The same flows with one account for all of them, so that signing in once is enough. */
export function withOneAccount(flows: readonly FlowNode[]): FlowNode[] {
  const [account, ...others] = flows.filter((node) => node.type === "spotify-session");
  return flows
    .filter((node) => !others.includes(node))
    .map((node) => (USERS.has(node.type) && account ? { ...node, session: account.id } : node));
}

/** The tabs without a token node, with what they use: they work without an own app. */
export function withoutTokens(flows: readonly FlowNode[]): FlowNode[] {
  const tabs = new Set(flows.filter(({ type }) => type === "spotify-token").map(({ z }) => z));
  return flows.filter(({ id, z }) => !tabs.has(id) && !tabs.has(z));
}
