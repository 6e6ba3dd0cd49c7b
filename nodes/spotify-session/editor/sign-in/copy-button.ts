/** A button that copies a text and says that it has. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { create, icon } from "../../../shared/editor/dom";
import type { Translate } from "../../../shared/editor/translate";

declare const RED: EditorRED;

/** Node-RED's, because the browser's own is there on https only. The typings want what it does without. */
const copyText = (value: string): boolean => (RED.clipboard.copyText as (value: string) => boolean)(value);

const SAY_SO_MS = 2500;

/** @param text what to copy when it is pressed */
export function copyButton(button: HTMLElement, translate: Translate, text: () => string): void {
  const show = (name: string, key: string): void => {
    button.replaceChildren(icon(name), " ", create("span", { "aria-live": "polite" }, translate(key)));
  };
  let timer: number | undefined;
  button.addEventListener("click", () => {
    if (copyText(text())) show("check", "copy.done");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => show("copy", "copy.do"), SAY_SO_MS);
  });
  show("copy", "copy.do");
}
