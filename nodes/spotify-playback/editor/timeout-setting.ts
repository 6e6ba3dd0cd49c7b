import { isEnvReference } from "../../shared/editor/env";
import { isTimeout } from "../defaults";

/** Whether the node can use it as its time, in seconds: a number, or an environment variable. */
export function isTimeoutSetting(value: unknown): boolean {
  if (typeof value === "number") return isTimeout(value);
  if (typeof value !== "string" || value.trim() === "") return false;
  return isEnvReference(value.trim()) || isTimeout(Number(value));
}
