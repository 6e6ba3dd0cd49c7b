/**
 * Offers what people put behind our nodes, at the top of the list that a wire opens. Source of the plugin's form:
 * `typeSearch.js` of Node-RED 4.1 and 5.0, which asks the first plugin of this type only.
 */
import type { RED as EditorRED } from "@node-red/editor-client";
import { textsOf } from "../../../shared/editor/translate";
import { suggestedFlows, type SuggestedFlow, type SuggestionSource } from "./suggested-flows";

const TYPE = "node-red-flow-suggestion-source";
const OUTPUT = 0;

interface Context {
  source?: SuggestionSource;
  sourcePortType?: number;
}

interface Suggestion {
  label: string;
  nodes: SuggestedFlow["nodes"];
}

interface Plugin {
  type: string;
  getSuggestions(context: Context): Promise<unknown>;
}

interface Plugins {
  registerPlugin(id: string, plugin: Plugin): void;
  getPluginsByType(type: string): Plugin[];
}

// The published typings lack the plugins.
declare const RED: EditorRED & { plugins?: Partial<Plugins> };

export function registerSuggestions(): void {
  const { plugins } = RED;
  const ours: Plugin = {
    type: TYPE,
    async getSuggestions(context) {
      const flows = context.source && context.sourcePortType === OUTPUT ? suggestedFlows(context.source) : [];
      if (flows.length > 0) return flows.map(shown);
      // Behind other nodes, another package may know something.
      const other = plugins?.getPluginsByType?.(TYPE).find((plugin) => plugin !== ours);
      return (await other?.getSuggestions(context)) ?? [];
    },
  };
  plugins?.registerPlugin?.("node-red-contrib-spotify-session-suggestions", ours);
}

function shown({ key, nodes }: SuggestedFlow): Suggestion {
  return { label: textsOf("spotify-session")(`suggestion.${key}`), nodes };
}
