/**
 * Sessions that are being closed, by the ID of their account. Two open sessions on one state would use a refresh token
 * twice, which ends the sign-in. Node-RED waits at most 15 seconds for a close before it starts the next node.
 */
const closings = new Map<string, Promise<void>>();

/** Closes a session of an account. Resolves when all of the account's sessions are closed. */
export function closeSession(nodeId: string, session: { close(): Promise<void> }): Promise<void> {
  const closing = Promise.allSettled([closings.get(nodeId), session.close()]).then(() => undefined);
  closings.set(nodeId, closing);
  void closing.finally(() => closings.get(nodeId) === closing && closings.delete(nodeId));
  return closing;
}

/** Resolves when no session of the account is closing. */
export function closed(nodeId: string): Promise<void> {
  return closings.get(nodeId) ?? Promise.resolve();
}
