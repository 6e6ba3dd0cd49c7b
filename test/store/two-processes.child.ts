/**
 * A separate program for two-processes.test.ts: adds its items to a slice that both processes change, and counts in
 * another slice that only it changes; each item and count is a separate change.
 */
import { FileStateStore } from "../../src";
import { DocumentStore } from "../../src/store/document-store";
import type { SliceName } from "../../src/store/slice-store";

async function main(): Promise<void> {
  const [path, secret, own, count] = process.argv.slice(2) as [string, string, SliceName, string];
  const store = new DocumentStore(new FileStateStore(path, secret));
  const change = async (slice: SliceName, next: (value: unknown) => unknown): Promise<void> => {
    for (;;) {
      const { value, version } = await store.read(slice);
      if ((await store.compareAndSet(slice, version, next(value))) !== undefined) return;
    }
  };
  // Both processes begin together.
  await new Promise((resolve) => process.stdin.once("data", resolve));
  for (let number = 1; number <= Number(count); number++) {
    await Promise.all([
      change("tokens", (items) => [...((items ?? []) as string[]), `${own} ${number}`]),
      change("rateLimits", (total) => ((total ?? 0) as number) + 1),
      change(own, () => number),
    ]);
  }
  process.stdin.destroy();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
