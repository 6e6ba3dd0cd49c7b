/**
 * Brings what an older version of a node stored into today's form. Pure, and imports nothing: the editor bundles it.
 *
 * A node's property `version` says which form it has. A flow that was made before there was that property has version 0;
 * the step at index `n` makes version `n + 1` out of version `n`, and today's version is the number of steps. Steps are
 * only ever added. A step fills what is missing with the default that it had then, and leaves alone what it does not know.
 */

export type Properties = Readonly<Record<string, unknown>>;

export type Step = (stored: Properties) => Properties;

export interface Migrated<Stored extends object> {
  properties: Stored;
  /** Whether a later version of this package made them: nothing was touched then. */
  isNewer: boolean;
}

/** What a node stored, in today's form. Never throws, and never changes what it is given. */
export function migrate<Stored extends object>(stored: Stored, steps: readonly Step[]): Migrated<Stored> {
  const version = versionOf(stored);
  if (version >= steps.length) return { properties: stored, isNewer: version > steps.length };
  let properties = stored as unknown as Properties;
  for (const step of steps.slice(version)) properties = step(properties);
  return { properties: { ...properties, version: steps.length } as unknown as Stored, isNewer: false };
}

/** `stored` with a default for each property that it does not have. */
export function withDefaults(stored: Properties, defaults: Properties): Properties {
  const missing = Object.entries(defaults).filter(([name]) => (stored[name] ?? undefined) === undefined);
  return { ...stored, ...Object.fromEntries(missing) };
}

/** A client ID as it is stored today: without spaces around it, in small letters. `${NAME}` keeps its letters. */
export function tidyClientId(clientId: unknown): unknown {
  if (typeof clientId !== "string") return clientId;
  const text = clientId.trim();
  return text.startsWith("${") ? text : text.toLowerCase();
}

function versionOf(stored: object): number {
  // By hand it may have become a text.
  const version = Number((stored as Properties)["version"] ?? 0);
  return Number.isInteger(version) && version > 0 ? version : 0;
}
