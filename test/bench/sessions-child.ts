import { setTimeout as wait } from "node:timers/promises";
import { library } from "./library";
import type { SessionsResult, SessionsTask } from "./sessions";

const SCOPES = [
  "user-read-playback-state",
  "user-top-read",
  "streaming",
  "user-library-read",
  "user-read-email",
];

/** Opens sessions in this process and measures what they cost. */
async function measure(task: SessionsTask): Promise<SessionsResult> {
  const { Session } = library();
  const open = (credentials: string): InstanceType<typeof Session> =>
    new Session({
      credentials,
      endpoints: task.endpoints,
      accessPointKey: task.accessPointKey,
    });
  // Opens and closes one session first, so that modules that are loaded once do not count.
  const first = open(task.credentials[0]!);
  await first.connect();
  await first.tokens.getToken(SCOPES);
  await first.close();
  // In the first seconds, garbage from loading is still collected.
  await idleCpu();
  const idleBefore = await idleCpu();
  const before = inUse();
  const sessions = task.credentials.map(open);
  await Promise.all(sessions.map((session) => session.connect()));
  const latencies: number[] = [];
  for (const scope of SCOPES) {
    for (const session of sessions) {
      const started = performance.now();
      await session.tokens.getToken([scope]);
      latencies.push(performance.now() - started);
    }
  }
  const megabytes = (inUse() - before) / 1e6;
  const idleCpuWith = await idleCpu();
  await Promise.all(sessions.map((session) => session.close()));
  return { megabytes, latencies, idleCpu: idleCpuWith, idleCpuWithout: idleBefore };
}

/** Heap and buffers. Resident memory is what the allocator keeps, and does not show the cost of one session. */
function inUse(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** CPU time per second, ms, over two seconds without any request. */
async function idleCpu(): Promise<number> {
  globalThis.gc!();
  const before = process.cpuUsage();
  await wait(2_000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 2000;
}

process.once("message", (task) => {
  measure(task as SessionsTask).then(
    (result) => process.send!(result, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
