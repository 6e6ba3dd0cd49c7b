/** Three helpers for building the dialogs; texts only ever enter the page as text. */

/** The element of that id, of that class; its absence is a mistake in dialog.html. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`dialog.html has no ${type.name} #${id}`);
  return found;
}

/** A new element with attributes and children; a string child becomes text. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** One of the editor's own icons, as decoration. */
export function icon(name: string): HTMLElement {
  return create("i", { class: `fa fa-${name}`, "aria-hidden": "true" });
}
