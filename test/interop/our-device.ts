/** One of our sessions on the local network. It is not signed in until a client taps it. */
import { readFile } from "node:fs/promises";
import { Session } from "../../src";
import type { Line } from "./driving";

/** ms; a client that taps must find the device first. */
const MAX_WAIT = 60_000;

async function main(): Promise<void> {
  const facts = JSON.parse(await readFile(String(process.env["INTEROP_FACTS"]), "utf8")) as {
    accessPointKey: string;
    deviceName: string;
    username: string;
  };
  const { accessPointKey, deviceName, username } = facts;
  // Spotify's endpoints are at their usual addresses.
  const session = new Session({
    connect: true,
    accessPointKey,
    deviceName,
    log: (level, message) => process.stderr.write(`${level}: ${message}\n`),
  });
  try {
    await session.connect();
    await until(() => session.visibility === "visible");
    say({ ready: true });
    await step("our device is signed in by the tap", async () => {
      await until(() => session.state === "ready");
      if (session.username !== username) throw new Error(`It is ${session.username}.`);
    });
    await step("our device has a token of keymaster", () => session.tokens.getToken(["streaming"]));
    await step("our device hears what plays (dealer, spclient)", () =>
      until(() => session.player.state !== undefined),
    );
  } finally {
    await session.close();
  }
}

async function step(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
    say({ step: name, result: "passed" });
  } catch (error) {
    say({ step: name, result: "failed", problem: String(error) });
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + MAX_WAIT;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Not within ${MAX_WAIT / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

void main();
