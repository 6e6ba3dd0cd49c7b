/** Asks each address (arguments: JSON of [name, address]) over HTTPS and by WebSocket, and prints each result. */
import { openWebSocket } from "../../src/dealer/web-socket";
import { HttpClient } from "../../src/net/client";
import { SpotifyError } from "../../src/core/errors";

async function outcome(asking: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await asking;
    return { code: "answered", message: "" };
  } catch (error) {
    if (!(error instanceof SpotifyError)) throw error;
    return { code: error.code, message: error.message };
  }
}

async function main(): Promise<void> {
  const results: Record<string, unknown> = {};
  for (const [name, address] of JSON.parse(process.argv[2]!) as [string, string][]) {
    const client = new HttpClient();
    results[`${name}, HTTPS`] = await outcome(
      client.request(`https://${address}`, { timeout: 5_000, maxBytes: 1_000 }),
    );
    await client.close();
    results[`${name}, WebSocket`] = await outcome(
      openWebSocket(new URL(`wss://${address}/?access_token=secret`), AbortSignal.timeout(5_000)).then(
        (socket) => socket.terminate(),
      ),
    );
  }
  process.stdout.write(JSON.stringify(results));
}

void main();
