/** The median of the results of `run`, after a warm-up run that does not count. */
export async function median(runs: number, run: () => Promise<number> | number): Promise<number> {
  await run();
  const results: number[] = [];
  for (let i = 0; i < runs; i++) results.push(await run());
  return middle(results);
}

export function middle(results: readonly number[]): number {
  const sorted = results.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** One line of the report. @param met whether the target of the design was met; undefined if there is none */
export function report(what: string, value: string, compared: string, met?: boolean): void {
  const verdict = met === undefined ? "" : met ? "  [target met]" : "  [TARGET MISSED]";
  console.log(`  ${what.padEnd(58)} ${value.padStart(14)}   ${compared}${verdict}`);
}

export function perSecond(count: number, ms: number): number {
  return count / (ms / 1000);
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
