/**
 * The npm package `oidc-provider`, an OAuth server of another project. Here the roles are swapped: our OAuth code is
 * the client. It needs no namespace. Its test is a separate file, which is run here.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/command";
import type { Outcome } from "./outcome";

const ROOT = join(__dirname, "..", "..");
const TEST = join("test", "oauth", "oidc-provider.test.ts");

interface Report {
  tests: { title: string; err: { message?: string } }[];
}

export async function tryOidcProvider(): Promise<Outcome[]> {
  const client = "oidc-provider";
  const version = await installedVersion();
  if (version === undefined) {
    const problem = "it is not installed: npm ci";
    return [{ client, version: "", step: "everything", result: "skipped", problem }];
  }
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const output = join(ROOT, ".cache", "interop", "oidc-provider.json");
  const options = ["--reporter", "json", "--reporter-option", `output=${output}`, TEST];
  // The command fails if a test has failed; the report says which.
  const failure = await run(process.execPath, [mocha, ...options], { cwd: ROOT }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  const report = await readFile(output, "utf8").catch(() => undefined);
  if (report === undefined) {
    return [{ client, version, step: "everything", result: "failed", problem: failure ?? "no report" }];
  }
  return (JSON.parse(report) as Report).tests.map(({ title, err: { message } }) => ({
    client,
    version,
    step: title,
    result: message === undefined ? "passed" : "failed",
    ...(message !== undefined && { problem: message }),
  }));
}

async function installedVersion(): Promise<string | undefined> {
  try {
    const manifest = await readFile(join(ROOT, "node_modules", "oidc-provider", "package.json"), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
  } catch {
    return undefined;
  }
}
