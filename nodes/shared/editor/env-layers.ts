/** Reads from the editor what `${NAME}` in a node's properties stands for, and says it. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { type EnvLayer, type EnvMeaning, envMeaning, envName, type EnvPlace, type EnvVariable } from "./env";
import { textsOf } from "./translate";

declare const RED: EditorRED;

/** What the editor knows of a node, a group, a flow or a subflow. */
export interface Placed {
  g?: string;
  z?: string;
  name?: string;
  label?: string;
  env?: readonly EnvVariable[];
}

export interface EnvTexts {
  /** What the text stands for; the text itself if it names no variable, and undefined if that cannot be known. */
  valueOf(text: string): string | undefined;
  /** A sentence that says what the text stands for; empty if it names no variable. */
  explain(text: string): string;
}

/** The longest value that is shown whole. */
const LONGEST = 80;

export function envTexts(node: Placed): EnvTexts {
  const translate = textsOf("spotify-session");
  const meaningOf = (text: string): EnvMeaning | undefined => {
    const name = envName(text);
    return name === undefined ? undefined : envMeaning(name, layersOf(node));
  };
  return {
    valueOf(text) {
      const meaning = meaningOf(text);
      if (meaning === undefined) return text;
      return meaning.kind === "value" ? meaning.value : undefined;
    },
    explain(text) {
      const meaning = meaningOf(text);
      if (meaning === undefined) return "";
      if (meaning.kind === "elsewhere") return translate("env.elsewhere");
      const place = translate(`env.place.${meaning.place}`, { title: meaning.title });
      if (meaning.kind !== "value") return translate(`env.${meaning.kind}`, { place });
      const { value } = meaning;
      const shown = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
      return translate("env.value", { value: shown, place });
    },
  };
}

/** From the inside out, as the runtime looks. */
function layersOf(node: Placed): EnvLayer[] {
  const layers: EnvLayer[] = [];
  const add = (place: EnvPlace, holder: Placed): void => {
    const title = holder.name || holder.label || "";
    layers.push({ place, title, variables: holder.env ?? [] });
  };
  const seen = new Set<string>();
  for (let id = node.g; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const group = RED.nodes.group(id) as Placed | undefined;
    if (group) add("group", group);
    id = group?.g;
  }
  if (node.z) {
    const flow = (RED.nodes.workspace as (id: string) => Placed | undefined)(node.z);
    const subflow = RED.nodes.subflow(node.z) as Placed | undefined;
    if (flow) add("flow", flow);
    else if (subflow) add("subflow", subflow);
  }
  RED.nodes.eachConfig((config) => {
    if ((config as { type: string }).type === "global-config") add("global", config);
    return true;
  });
  return layers;
}
