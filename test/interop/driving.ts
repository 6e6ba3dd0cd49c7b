/** Runs the program that drives a client, and reads the result of each step. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { lastLines } from "../../scripts/command";
import type { Driver } from "./clients";
import type { Outcome, Result } from "./outcome";

/** ms */
const MAX_TIME = 150_000;
/** The most characters to keep of a driver's other output. */
const MAX_SAID = 20_000;

/** A line of JSON on the driver's stdout. */
export type Line = { step: string; result: Result; problem?: string } | { ready: true };

export interface Driven {
  /** Resolves with `true` when the driver says that it is ready, or with `false` if it ends before that. */
  ready: Promise<boolean>;
  /** All steps, and one more if the driver did not end by itself with status 0. */
  ended: Promise<Outcome[]>;
}

/** The environment of a driver. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** A file for the last output of the driver and its client. */
  log: string;
  report: (outcome: Outcome) => void;
}

export function drive(
  { command, args }: Driver,
  client: Pick<Outcome, "client" | "version">,
  { env, log, report }: Surroundings,
): Driven {
  // A separate process group, so that a browser that a client has started ends with it.
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const outcomes: Outcome[] = [];
  let said = "";
  const hear = (text: string): void => void (said = (said + text).slice(-MAX_SAID));
  const add = (step: string, result: Result, problem?: string): void => {
    const outcome = { ...client, step, result, ...(problem !== undefined && { problem }) };
    outcomes.push(outcome);
    report(outcome);
  };
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has already ended.
    }
  };

  process.once("exit", end);

  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, MAX_TIME);
  let isReady: (ready: boolean) => void;
  const ready = new Promise<boolean>((resolve) => (isReady = resolve));
  child.stderr.setEncoding("utf8").on("data", hear);
  createInterface(child.stdout).on("line", (text) => {
    const line = readLine(text);
    if (line === undefined) hear(`${text}\n`);
    else if ("ready" in line) isReady(true);
    else add(line.step, line.result, line.problem);
  });
  const ended = new Promise<Outcome[]>((resolve) => {
    child.on("error", (error) => hear(error.message));
    child.on("close", (code) => {
      clearTimeout(timer);
      process.off("exit", end);
      end();
      isReady(false);
      if (isLate) add("the driver ends in time", "failed", lastLines(said));
      else if (code !== 0) add("the driver ends well", "failed", lastLines(said));
      void writeFile(log, said).finally(() => resolve(outcomes));
    });
  });
  return { ready, ended };
}

/** @returns undefined for a client's own output */
export function readLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== "object" || line === null) return undefined;
    if ("ready" in line && line.ready === true) return { ready: true };
    const { step, result, problem } = line as Record<string, unknown>;
    if (typeof step !== "string") return undefined;
    if (result !== "passed" && result !== "failed" && result !== "skipped") return undefined;
    return { step, result, ...(typeof problem === "string" && { problem }) };
  } catch {
    return undefined;
  }
}
