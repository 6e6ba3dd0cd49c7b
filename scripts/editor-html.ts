/**
 * The `.html` that Node-RED loads into its editor for one node.
 *
 * The Flow Library reads the node's definition from the inline script, so the script is not minified: it must
 * still hold `RED.nodes.registerType` with a literal type and an inline definition.
 */
import { build, type Metafile } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export async function editorHtml(
  type: string,
  editor: string,
  bundled?: (metafile: Metafile) => void,
): Promise<string> {
  const style = join(editor, "style.css");
  const parts = [
    element("script", ` type="text/javascript"`, await bundle(join(editor, "index.ts"), bundled)),
    element(
      "script",
      ` type="text/html" data-template-name="${type}"`,
      readFileSync(join(editor, "dialog.html"), "utf8"),
    ),
  ];
  if (existsSync(style)) parts.push(element("style", "", await bundle(style, bundled)));
  return parts.join("\n");
}

function element(tag: "script" | "style", attributes: string, content: string): string {
  return `<${tag}${attributes}>\n${content.trim()}\n</${tag}>\n`;
}

async function bundle(entry: string, bundled?: (metafile: Metafile) => void): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    logLevel: "error",
  });
  bundled?.(metafile);
  return outputFiles.map((file) => file.text).join("");
}
