import type { NodeAPI, NodeDef } from "node-red";
import { afterDeploys } from "../shared/after-deploy";
import { endSignIns } from "./sign-in-services";
import type { SessionSettings } from "./settings";
import { deleteState } from "./state-store";

type Definition = NodeDef & { z?: string };

/** An account as Node-RED made it: in a subflow it has an ID of its own, and `_alias` is its ID in the template. */
export interface AccountIdentity {
  id: string;
  _alias?: string;
}

/**
 * Deletes what an account remembers, if the account is no longer part of the flows.
 *
 * Node-RED also passes `removed` for a node that was only disabled. Its state is kept. Node-RED does not report when a
 * disabled node is deleted, so this checks again after every deploy.
 */
export async function deleteStateWhenGone(
  RED: NodeAPI<SessionSettings>,
  account: AccountIdentity,
): Promise<void> {
  if (!isPartOfFlows(RED, account)) return forget(RED, account.id);
  const checkAgain = (): void => {
    const isRunning = Boolean(RED.nodes.getNode(account.id));
    if (!isRunning && isPartOfFlows(RED, account)) return;
    stopChecking();
    // An account that runs again is told of its deletion itself.
    if (!isRunning) forget(RED, account.id).catch(() => undefined);
  };
  const stopChecking = afterDeploys(RED.events, checkAgain);
}

function forget(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  endSignIns(nodeId);
  return deleteState(RED, nodeId);
}

/** Whether the flows have this account: as a node, or as a node in an instance of a subflow. */
export function isPartOfFlows(RED: NodeAPI<SessionSettings>, { id, _alias }: AccountIdentity): boolean {
  const definitions = new Map<string, Definition>();
  RED.nodes.eachNode((definition) => void definitions.set(definition.id, definition));
  if (_alias === undefined) return definitions.has(id);
  const template = definitions.get(_alias);
  return template !== undefined && instanceIds(definitions, template, new Set()).includes(id);
}

/** The IDs that Node-RED gives the instances of a node: those of the subflow's instances, a hyphen and its own. */
function instanceIds(
  definitions: ReadonlyMap<string, Definition>,
  { id, z }: Definition,
  outer: ReadonlySet<string>,
): string[] {
  // Outside of subflows there is one. A subflow in itself can come from a file that was made by hand.
  if (z === undefined || definitions.get(z)?.type !== "subflow") return [id];
  if (outer.has(z)) return [];
  return [...definitions.values()]
    .filter(({ type }) => type === `subflow:${z}`)
    .flatMap((instance) => instanceIds(definitions, instance, new Set([...outer, z])))
    .map((instance) => `${instance}-${id}`);
}
