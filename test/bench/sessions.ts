import { fork } from "node:child_process";
import { join } from "node:path";
import { Simulator } from "../simulator";
import { middle, number, report } from "./measure";

/** What the child receives, and what it answers. */
export interface SessionsTask {
  credentials: string[];
  endpoints: Record<string, string>;
  accessPointKey: string;
}
export interface SessionsResult {
  /** Heap and buffers, beyond those of a process with the library loaded and no session. */
  megabytes: number;
  /** Of each request for a token that was not cached. */
  latencies: number[];
  /** CPU time of one idle second, ms, with the sessions and before them */
  idleCpu: number;
  idleCpuWithout: number;
}

/** Memory, latency and idle cost at 1, 10 and 100 sessions, in a separate process. */
export async function benchSessions(): Promise<void> {
  for (const count of [1, 10, 100]) {
    const simulator = await Simulator.start();
    try {
      const { megabytes, latencies, idleCpu, idleCpuWithout } = await run({
        credentials: Array.from({ length: count }, () => simulator.addAccount().credentialsJson),
        endpoints: { ...simulator.endpoints },
        accessPointKey: simulator.accessPointKey,
      });
      const each = number((megabytes * 1000) / count);
      report(`memory of ${count} connected sessions`, `${number(megabytes, 1)} MB`, `${each} kB each`);
      const slowest = Math.max(...latencies);
      report(
        `  a token from keymaster, median`,
        `${number(middle(latencies), 2)} ms`,
        `slowest: ${number(slowest, 2)} ms`,
      );
      report(
        `  CPU of one idle second`,
        `${number(idleCpu, 1)} ms`,
        `before them: ${number(idleCpuWithout, 1)} ms`,
      );
    } finally {
      await simulator.close();
    }
  }
}

function run(task: SessionsTask): Promise<SessionsResult> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, "sessions-child.ts"), {
      execArgv: ["--expose-gc", "--require", "tsx/cjs"],
      cwd: join(__dirname, "..", ".."),
    });
    child.once("message", (result) => resolve(result as SessionsResult));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The measuring process ended with ${code}`)));
    child.send(task);
  });
}
