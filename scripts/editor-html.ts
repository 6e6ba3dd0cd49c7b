/**
 * The `.html` that Node-RED loads into its editor for one node.
 *
 * The Flow Library reads the node's definition from the inline script, so the script is not minified: it must
 * still hold `RED.nodes.registerType` with a literal type and an inline definition.
 */
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export async function editorHtml(type: string, editor: string): Promise<string> {
  const style = join(editor, "style.css");
  const parts = [
    element("script", ` type="text/javascript"`, await bundle(join(editor, "index.ts"))),
    element(
      "script",
      ` type="text/html" data-template-name="${type}"`,
      readFileSync(join(editor, "dialog.html"), "utf8"),
    ),
  ];
  if (existsSync(style)) parts.push(element("style", "", await bundle(style)));
  return parts.join("\n");
}

function element(tag: "script" | "style", attributes: string, content: string): string {
  return `<${tag}${attributes}>\n${content.trim()}\n</${tag}>\n`;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles.map((file) => file.text).join("");
}
