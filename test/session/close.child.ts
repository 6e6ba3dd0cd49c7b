/** A program of its own, for close.test.ts: uses a session and closes it. Ends when nothing holds it any more. */
import { Session, type SessionOptions } from "../../src";

async function main(): Promise<void> {
  const session = new Session(JSON.parse(process.env["SESSION"] ?? "") as SessionOptions);
  await session.connect();
  await session.tokens.getToken(["streaming"]);
  await session.close();
  process.stdout.write("a token, then nothing\n");
}

void main();
