/** What the made parts of several pages consist of. */
import { REPOSITORIES, type Report } from "../../src/core/knowledge";

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** Each as code, with commas between them; `–` if there is none. */
export function codes(texts: readonly string[]): string {
  return texts.length === 0 ? "–" : texts.map(code).join(", ");
}

/**
 * A link to where something was reported, and the day.
 * @throws Error for a repository without an address
 */
export function link({ source, date }: Report): string {
  const [document, path] = source.split(":");
  if (path !== undefined) return `[${source}](https://github.com/${document}/blob/HEAD/${path}), ${date}`;
  const [name, number] = source.split("#");
  const repository = REPOSITORIES[name!];
  if (repository === undefined) throw new Error(`Where is ${source}?`);
  return `[${source}](${repository}/issues/${number}), ${date}`;
}
