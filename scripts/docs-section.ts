/** A part of a document that is made, between a comment that names it and one that ends it. */

/**
 * `document` with `content` in place of what is between the comments of the section `name`.
 * @throws Error where the document does not have each comment once
 */
export function withSection(document: string, name: string, content: string): string {
  const begin = `<!-- ${name}: made by "npm run docs" -->`;
  const end = `<!-- end of ${name} -->`;
  const parts = document.split(begin);
  const rest = parts[1]?.split(end);
  if (parts.length !== 2 || rest?.length !== 2) throw new Error(`No one place for the section ${name}`);
  return `${parts[0]}${begin}\n\n${content}\n\n${end}${rest[1]}`;
}
