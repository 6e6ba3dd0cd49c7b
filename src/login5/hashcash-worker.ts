/** The thread that `hashcash.ts` starts: one task, one answer, and it is over. */
import { parentPort, workerData } from "node:worker_threads";
import type { HashcashSolution } from "./hashcash";
import { findSuffix } from "./hashcash-search";

/** What the thread is given. */
export interface HashcashTask {
  prefix: Uint8Array;
  /** 8 bytes */
  start: Uint8Array;
  /** bits */
  length: number;
}

const { prefix, start, length } = workerData as HashcashTask;
const begun = process.hrtime.bigint();
const suffix = findSuffix(prefix, start, length);
const solution: HashcashSolution = { suffix, nanoseconds: process.hrtime.bigint() - begun };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(solution);
