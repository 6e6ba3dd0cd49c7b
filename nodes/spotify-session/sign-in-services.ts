import { SpotifyError } from "../../src/core/errors";
import { SignInService, type SignInHost } from "./sign-in-service";

/** By the ID of an account. Its sign-ins outlive its node, because a deploy replaces the node. */
const services = new Map<string, SignInService>();

/** The service of an account, made if it does not exist yet. */
export function signInServiceOf(nodeId: string): SignInService {
  let service = services.get(nodeId);
  if (!service) {
    for (const [id, other] of services) if (other.isIdle) services.delete(id);
    services.set(nodeId, (service = new SignInService()));
  }
  return service;
}

export function findSignInService(nodeId: string): SignInService | undefined {
  return services.get(nodeId);
}

export function allSignInServices(): SignInService[] {
  return [...services.values()];
}

/** The account runs: sign-ins that wait for it go on. */
export function attachSignIns(nodeId: string, host: SignInHost): void {
  signInServiceOf(nodeId).attach(host);
}

/** The account is being closed: sign-ins wait for the next node with its ID. */
export function detachSignIns(nodeId: string, host: SignInHost): void {
  services.get(nodeId)?.detach(host);
}

/** The account was deleted: nothing can be signed in any more. */
export function endSignIns(nodeId: string): void {
  services.get(nodeId)?.end(new SpotifyError("CLOSED", "The account was deleted while you signed in."));
}
