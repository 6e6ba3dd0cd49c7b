/** The links of a document, Markdown or a help panel, and its link targets. */
import { readFileSync } from "node:fs";

export class Document {
  readonly text: string;
  readonly #isHtml: boolean;

  constructor(file: string) {
    this.#isHtml = file.endsWith(".html");
    const text = readFileSync(file, "utf8");
    this.text = this.#isHtml ? text : withoutCode(text);
  }

  /** The targets of its links and pictures. */
  get links(): string[] {
    if (this.#isHtml) return [...this.text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target!);
    const inline = [...this.text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    return [...inline, ...this.#definitions.values()];
  }

  /** The names of the links to places in this document that do not exist. */
  get undefinedLinks(): string[] {
    if (this.#isHtml) return [];
    const definitions = this.#definitions;
    const used = [...this.text.matchAll(/\]\[([^\]]+)\]/g)].map(([, name]) => name!);
    return used.filter((name) => !definitions.has(name));
  }

  /** The possible names after `#` in links, which GitHub makes from headings. */
  get anchors(): Set<string> {
    const anchors = new Set<string>();
    for (const [, heading] of this.text.matchAll(/^#+ (.+)$/gm)) {
      const plain = heading!.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "");
      const anchor = plain.replaceAll(" ", "-");
      let name = anchor;
      for (let i = 1; anchors.has(name); i++) name = `${anchor}-${i}`;
      anchors.add(name);
    }
    return anchors;
  }

  get #definitions(): Map<string, string> {
    const found = this.text.matchAll(/^ *\[([^\]]+)\]: (\S+)$/gm);
    return new Map([...found].map(([, name, target]) => [name!, target!]));
  }
}

/** Headings keep words in code format. */
function withoutCode(text: string): string {
  const withoutBlocks = text.replaceAll(/^( *)```.*?^\1```$/gms, "");
  return withoutBlocks.replaceAll(/^(?!#).+$/gm, (line) => line.replaceAll(/`[^`]*`/g, ""));
}
