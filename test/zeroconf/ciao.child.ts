import { loadCiao } from "../../src/zeroconf/ciao";

/** Runs as a separate process: prints what loading the mDNS library has changed in it. */
const { emit } = process;
const { prepareStackTrace } = Error;
const listeners = (): string => process.eventNames().map(String).toSorted().join();
const before = listeners();
loadCiao();
const changed = [
  process.emit === emit ? [] : ["process.emit"],
  Error.prepareStackTrace === prepareStackTrace ? [] : ["Error.prepareStackTrace"],
  listeners() === before ? [] : ["listeners"],
].flat();
console.log(`changed: ${changed.join() || "nothing"}`);
