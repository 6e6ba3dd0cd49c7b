import { SpotifyError } from "../../src/core/errors";
import { SignInDesk, type DeskHost } from "./sign-in-desk";

/** By the ID of an account: its sign-ins outlive its node, which every deploy makes anew. */
const desks = new Map<string, SignInDesk>();

/** The desk of an account, made if there is none. */
export function deskOf(nodeId: string): SignInDesk {
  let desk = desks.get(nodeId);
  if (!desk) {
    for (const [id, other] of desks) if (other.isIdle) desks.delete(id);
    desks.set(nodeId, (desk = new SignInDesk()));
  }
  return desk;
}

export function findDesk(nodeId: string): SignInDesk | undefined {
  return desks.get(nodeId);
}

export function allDesks(): SignInDesk[] {
  return [...desks.values()];
}

/** The account runs: sign-ins that wait for it go on. */
export function attachDesk(nodeId: string, host: DeskHost): void {
  deskOf(nodeId).attach(host);
}

/** The account is being closed: sign-ins wait for the next node with its ID. */
export function detachDesk(nodeId: string, host: DeskHost): void {
  desks.get(nodeId)?.detach(host);
}

/** The account was deleted: nothing can be signed in any more. */
export function endDesk(nodeId: string): void {
  desks.get(nodeId)?.end(new SpotifyError("CLOSED", "The account was deleted while you signed in."));
}
