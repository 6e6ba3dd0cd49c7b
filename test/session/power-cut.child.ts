/**
 * A separate program for power-cut.test.ts: makes its session refresh without a pause, and writes a dot for each token
 * that it received, until it is killed.
 */
import { writeSync } from "node:fs";
import { FileStateStore, Session } from "../../src";

interface Order {
  path: string;
  secret: string;
  clientId: string;
  scopes: string[];
  endpoints: Record<string, unknown>;
}

async function main(): Promise<void> {
  const { path, secret, clientId, scopes, endpoints } = JSON.parse(process.argv[2] ?? "") as Order;
  const session = new Session({ state: new FileStateStore(path, secret), endpoints });
  // Each token comes from a refresh, none from the disk.
  await session.tokens.ready();
  for (;;) {
    const stored = session.tokens.cachedToken(scopes, clientId);
    if (stored) session.tokens.refused(stored.accessToken);
    await session.tokens.getTokenWithClientId(scopes, clientId);
    writeSync(1, ".");
  }
}

main().catch((error: unknown) => {
  writeSync(2, String(error));
  process.exitCode = 1;
});
