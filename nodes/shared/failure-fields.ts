import type { SpotifyError } from "../../src";

/** Properties of a message that say more of a failure. Node-RED gives a Catch node only the error's message and code. */
export type FailureField = "retryAfter" | "statusCode" | "reason";

/** Takes away what an earlier failure has left on the message: a flow that waits for it would wait again. */
export function clearFailure(message: object, fields: readonly string[]): void {
  for (const name of fields) Reflect.deleteProperty(message, name);
}

export function tellFailure(message: object, failure: SpotifyError, fields: readonly FailureField[]): void {
  for (const name of fields) {
    if (failure[name] !== undefined) Reflect.set(message, name, failure[name]);
  }
}
