import { join } from "node:path";
import type { Session, SessionOptions, StateStore } from "../../src";
import type { Account, Simulator } from "../simulator";

export const DIST = join(__dirname, "..", "..", "dist");

/** The library as it is published: the build is measured, not the source through a loader. */
export function library(): typeof import("../../src") {
  return require(join(DIST, "src", "index.js")) as typeof import("../../src");
}

export function openSession(simulator: Simulator, account: Account, state?: StateStore): Session {
  const options: SessionOptions = {
    credentials: account.credentialsJson,
    endpoints: { ...simulator.endpoints },
    accessPointKey: simulator.accessPointKey,
    state,
  };
  const { Session: Shipped } = library();
  return new Shipped(options);
}
