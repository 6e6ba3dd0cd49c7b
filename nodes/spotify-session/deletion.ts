import type { NodeAPI, NodeDef } from "node-red";
import { afterDeploys } from "../shared/after-deploy";
import { flowsName, isSamePlace, placeOfFlows } from "./flows-place";
import { KnownAccounts } from "./known-accounts";
import { endSignIns } from "./sign-in-services";
import type { SessionSettings } from "./settings";
import { stateFolder } from "./state-files";
import { deleteState } from "./state-store";

type Definition = NodeDef & { z?: string };

/** An account as Node-RED made it: in a subflow it has an ID of its own, and `_alias` is its ID in the template. */
export interface AccountIdentity {
  id: string;
  _alias?: string;
}

/**
 * Deletes what an account remembers, if the account was deleted from the flows by a deploy.
 *
 * Node-RED also passes `removed` for a node that was only disabled. Its state is kept. Node-RED does not report when a
 * disabled node is deleted, nor when the instance of a subflow is, so this checks again after every deploy. Of flows that were
 * loaded anew (another project, a pull) nothing is concluded here: `removed-accounts.ts` gives them a day.
 *
 * @param removed as Node-RED passes it to the node's close
 */
export async function deleteStateWhenGone(
  RED: NodeAPI<SessionSettings>,
  account: AccountIdentity,
  removed: boolean,
): Promise<void> {
  if (removed && !isPartOfFlows(RED, account)) return forget(RED, account);
  const checkAgain = (isDeploy: boolean): void => {
    const isRunning = Boolean(RED.nodes.getNode(account.id));
    if (!isRunning && isPartOfFlows(RED, account)) return;
    stopChecking();
    // An account that runs again is told of its deletion itself.
    if (!isRunning && isDeploy) forget(RED, account).catch(() => undefined);
  };
  const stopChecking = afterDeploys(RED.events, checkAgain);
}

/**
 * Deletes the state, unless other flows of this user directory have the same account: a project and its copy. Flows whose file
 * is not there do not count, because a person has deleted the account here.
 */
async function forget(RED: NodeAPI<SessionSettings>, { id, _alias }: AccountIdentity): Promise<void> {
  endSignIns(id);
  const folder = stateFolder(RED);
  if (folder !== undefined) {
    const here = await placeOfFlows(RED);
    const claims = (await KnownAccounts.read(folder)).get(id)?.claims ?? [];
    for (const claim of claims) {
      if (isSamePlace(claim, here)) continue;
      const answer = await flowsName(RED, claim, _alias ?? id);
      if (answer !== "yes" && answer !== "unknown") continue;
      const where = claim.branch === "" ? claim.file : `${claim.file}, ${claim.branch}`;
      RED.log.info(`The state of the account ${id} is kept: other flows have the account, too (${where}).`);
      return;
    }
  }
  await deleteState(RED, id);
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
