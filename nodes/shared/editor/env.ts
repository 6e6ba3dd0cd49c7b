/** What a property that names an environment variable, as `${NAME}`, stands for. Pure. */

/** One variable, as Node-RED keeps it on a flow, a group, a subflow or its global settings. */
export interface EnvVariable {
  name: string;
  value?: string | number | boolean;
  type?: string;
}

export type EnvPlace = "group" | "flow" | "subflow" | "global";

/** Variables that belong together. Inner layers hide outer ones. */
export interface EnvLayer {
  place: EnvPlace;
  /** The name of the group, flow or subflow. */
  title: string;
  variables: readonly EnvVariable[];
}

export type EnvMeaning =
  | { kind: "value"; value: string; place: EnvPlace; title: string }
  | { kind: "secret" | "computed"; place: EnvPlace; title: string }
  /** It may be a variable of the operating system, which only the runtime can read. */
  | { kind: "elsewhere" };

/** How many variables may point to one another. */
const MOST_STEPS = 8;

/** The name in `${NAME}`, or undefined if the text is something else. Node-RED replaces whole texts only. */
export function envName(text: unknown): string | undefined {
  return typeof text === "string" ? /^\$\{([^\s{}]+)\}$/.exec(text)?.[1] : undefined;
}

export function isEnvReference(text: unknown): boolean {
  return envName(text) !== undefined;
}

/** @param layers the innermost first */
export function envMeaning(name: string, layers: readonly EnvLayer[], steps = MOST_STEPS): EnvMeaning {
  const at = layers.findIndex(({ variables }) => variables.some((variable) => variable.name === name));
  const layer = layers[at];
  const variable = layer?.variables.find((one) => one.name === name);
  if (layer === undefined || variable === undefined) return { kind: "elsewhere" };
  const { place, title } = layer;
  const { type = "str", value } = variable;
  if (type === "cred") return { kind: "secret", place, title };
  if (type === "jsonata") return { kind: "computed", place, title };
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null).replace(/^null$/, "");
  const next = type === "env" ? text : envName(text);
  if (next === undefined) return { kind: "value", value: text, place, title };
  if (steps === 0) return { kind: "elsewhere" };
  // A variable may take the value of an outer one that has the same name.
  return envMeaning(envName(next) ?? next, next === name ? layers.slice(at + 1) : layers, steps - 1);
}
