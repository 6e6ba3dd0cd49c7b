/** Finds Chromium, and installs it where that can be done. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** It must show pages of this machine and do nothing else. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A host name that leads the browser to `OTHER_ADDRESS`, as one does in a home network. */
export const OTHER_NAME = "nodered.example";
/** Of this machine, but not 127.0.0.1. */
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
  const found = onPath();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    apt("update");
    apt("install", "-y", "--no-install-recommends", "chromium");
  }
  const installed = onPath();
  if (installed !== undefined) return installed;
  throw new Error(
    "These tests need Chromium: install the package chromium, or set CHROMIUM_PATH to a browser.",
  );
}

function onPath(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

function apt(...words: string[]): void {
  spawnSync("apt-get", words, {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
