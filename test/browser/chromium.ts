/** Finds Chromium, or installs it if that is possible. */
import { chromium, type Browser } from "playwright-core";
import { findProgram } from "../support/programs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium must show pages of this machine and do nothing else. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A host name that leads the browser to `OTHER_ADDRESS`, like the name of a machine in a home network. */
export const OTHER_NAME = "nodered.example";
/** An address of this machine other than 127.0.0.1. */
export const OTHER_ADDRESS = "127.0.0.2";

/** A Chromium with a fresh profile, which is deleted when it is closed. */
export function launchChromium(): Promise<Browser> {
  const args = [...ARGUMENTS, `--host-resolver-rules=MAP ${OTHER_NAME} ${OTHER_ADDRESS}`];
  return chromium.launch({ executablePath: findChromium(), headless: true, args });
}

/** @throws an Error that says what to install */
export function findChromium(): string {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return named;
  const found = findProgram(NAMES, "chromium");
  if (found !== undefined) return found;
  throw new Error(
    "These tests need Chromium: install the package chromium, or set CHROMIUM_PATH to a browser.",
  );
}
