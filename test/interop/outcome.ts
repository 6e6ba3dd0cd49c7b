/** The result of a step of a client, and the table of all results. */

export type Result = "passed" | "failed" | "skipped";

export interface Outcome {
  client: string;
  version: string;
  step: string;
  result: Result;
  /** What went wrong, or why the step was skipped. */
  problem?: string;
}

/** How many characters of a problem fit into its column, and how many of a failure are shown below the table. */
const MAX_PROBLEM = 80;
const MAX_FAILURE = 2000;

/** One line for each step, then the full texts of all failures, then a line with the sums. */
export function table(outcomes: readonly Outcome[]): string {
  const head = ["client", "version", "step", "result", "what went wrong"];
  const rows = outcomes.map(({ client, version, step, result, problem = "" }) => [
    client,
    version,
    step,
    result,
    oneLine(problem),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const lines = [head, widths.map((width) => "-".repeat(width)), ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const count = (wanted: Result): number => outcomes.filter(({ result }) => result === wanted).length;
  const failures = outcomes
    .filter(({ result }) => result === "failed")
    .flatMap(({ client, step, problem = "" }) => ["", `${client}: ${step}`, problem.slice(0, MAX_FAILURE)]);
  return [
    ...lines,
    ...failures,
    "",
    `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`,
  ].join("\n");
}

/** A client that is skipped has not failed: a machine may lack a tool chain. */
export function exitCode(outcomes: readonly Outcome[]): 0 | 1 {
  return outcomes.some(({ result }) => result === "failed") ? 1 : 0;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_PROBLEM ? `${line.slice(0, MAX_PROBLEM - 1)}…` : line;
}
