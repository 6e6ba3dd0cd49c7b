/** A separate program for close.test.ts: uses a session and closes it. Exits when nothing keeps it running. */
import { Session, type SessionOptions } from "../../src";

async function main(): Promise<void> {
  const session = new Session(JSON.parse(process.env["SESSION"] ?? "") as SessionOptions);
  await session.connect();
  await session.tokens.getToken(["streaming"]);
  await session.close();
  process.stdout.write("a token, then nothing\n");
}

void main();
