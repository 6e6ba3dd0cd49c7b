/**
 * Measures a first token after a restart, in a process that trusts the bench's certificate. Is given a JSON document in
 * the environment, and prints the median in ms.
 */
import { library } from "./library";
import { median } from "./measure";

export interface FirstTokenTask {
  endpoints: Record<string, string>;
  accessPointKey: string;
  credentials: string | undefined;
  /** The stored state of the session. */
  state: object;
  scopes: string[];
  clientId: string;
  source: "oauth" | "login5";
  runs: number;
}

async function main(): Promise<void> {
  const task = JSON.parse(process.env["FIRST_TOKEN_TASK"] ?? "") as FirstTokenTask;
  const { MemoryStateStore, Session } = library();
  // One run that does not count loads the modules that are loaded only once.
  const took = await median(task.runs, async () => {
    const state = new MemoryStateStore();
    await state.save({ ...task.state, tokens: [] });
    const { endpoints, accessPointKey, credentials } = task;
    const session = new Session({ credentials, endpoints, accessPointKey, state, observe: false });
    const started = performance.now();
    await session.tokens.getTokenWithClientId(task.scopes, task.clientId, { source: task.source });
    const elapsed = performance.now() - started;
    await session.close();
    return elapsed;
  });
  console.log(String(took));
}

void main();
