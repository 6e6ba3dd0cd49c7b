import assert from "node:assert/strict";
import { registerSuggestions } from "../../../../../nodes/spotify-session/editor/suggestions/register";

const TYPE = "node-red-flow-suggestion-source";
const OUTPUT = 0;
const INPUT = 1;

interface Plugin {
  type: string;
  getSuggestions(context: unknown): Promise<{ label: string; nodes: { type: string }[] }[]>;
}

describe("suggestions in the editor", () => {
  const world = globalThis as { RED?: unknown };
  let registered: [id: string, plugin: Plugin][];

  /** An editor, with the plugins of other packages. */
  function open(...others: Plugin[]): void {
    registered = [];
    world.RED = {
      nodes: { getType: () => ({ _: (key: string) => `text of ${key}` }) },
      plugins: {
        registerPlugin: (id: string, plugin: Plugin) => registered.push([id, plugin]),
        getPluginsByType: (type: string) => {
          const all = [...registered.map(([, plugin]) => plugin), ...others];
          return all.filter((plugin) => plugin.type === type);
        },
      },
    };
    registerSuggestions();
  }

  const ask = (type: string | undefined, sourcePortType = OUTPUT): ReturnType<Plugin["getSuggestions"]> => {
    const [[, plugin] = []] = registered;
    assert.ok(plugin);
    return plugin.getSuggestions(type === undefined ? {} : { source: { type }, sourcePortType });
  };

  afterEach(() => delete world.RED);

  it("come from one plugin of the package", () => {
    open();
    assert.deepEqual(
      registered.map(([id, { type }]) => [id, type]),
      [["node-red-contrib-spotify-session-suggestions", TYPE]],
    );
  });

  it("have a label in the user's language", async () => {
    open();
    const [first] = await ask("spotify-now-playing");
    assert.equal(first?.label, "text of spotify-session.suggestion.playing");
    assert.equal(first.nodes[0]?.type, "switch");
  });

  it("are empty for a wire into our node, and for one that starts nowhere", async () => {
    open();
    assert.deepEqual(await ask("spotify-now-playing", INPUT), []);
    assert.deepEqual(await ask(undefined), []);
  });

  it("include those of another package after that package's nodes, because Node-RED asks only one plugin", async () => {
    const theirs = [{ label: "theirs", nodes: [{ type: "debug" }] }];
    open({ type: TYPE, getSuggestions: () => Promise.resolve(theirs) });
    assert.deepEqual(await ask("mqtt in"), theirs);
    assert.equal((await ask("spotify-token"))[0]?.nodes[0]?.type, "http request");
  });

  it("are left out in an editor that has no plugins", () => {
    for (const RED of [{}, { plugins: {} }]) {
      world.RED = RED;
      assert.doesNotThrow(() => registerSuggestions());
    }
  });
});
