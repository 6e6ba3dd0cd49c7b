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

/** All the examples as one set of flows, with the account that they share. */
export function readExamples(files: readonly string[] = exampleFiles()): FlowNode[] {
  return [...new Map(files.flatMap(readExample).map((node) => [node.id, node])).values()];
}

/** The same flows, their accounts signed in: what the editor sends after a sign-in was pasted. */
export function signedIn(flows: readonly FlowNode[], librespotCredentials: string): FlowNode[] {
  return flows.map((node) => {
    if (node.type !== "spotify-session") return node;
    const stateKey = randomBytes(32).toString("hex");
    return { ...node, credentials: { librespotCredentials, stateKey } };
  });
}

const NEED_AN_APP: ReadonlySet<string> = new Set(["spotify-token", "spotify-request"]);

/** The tabs that work without an own app, with what they use. */
export function withoutTokens(flows: readonly FlowNode[]): FlowNode[] {
  const tabs = new Set(flows.filter(({ type }) => NEED_AN_APP.has(type)).map(({ z }) => z));
  return flows.filter(({ id, z }) => !tabs.has(id) && !tabs.has(z));
}
