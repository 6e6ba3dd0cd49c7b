/**
 * By the ID of an account, when the session that it had last is closed. Two sessions at once on one state would use one
 * refresh token twice, which ends the sign-in; and Node-RED does not wait for ever before it starts the next.
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
