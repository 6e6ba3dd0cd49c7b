/** The property of the message that a result is put into. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { isEnvReference } from "./env";
import { nameTyped } from "./typed-field";

declare const RED: EditorRED;

/** Whether `value` is the path of a property, nothing at all, or an environment variable that says it. */
export function isOutput(value: unknown): boolean {
  if (value === undefined || value === "") return true;
  if (typeof value !== "string") return false;
  return isEnvReference(value) || RED.utils.validatePropertyExpression(value) === true;
}

/** Makes the field of it. */
export function outputField(): void {
  $("#node-input-output").typedInput({ types: ["msg"] });
  nameTyped("output");
}
