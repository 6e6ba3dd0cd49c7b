import type { Node, NodeMessageInFlow } from "node-red";
import { toSpotifyError, type SpotifyError } from "../../src/core/errors";
import { reportError } from "./guarded";

/** Passes messages on, as Node-RED gives it to an input handler. */
export type Send = (message: NodeMessageInFlow) => void;

/**
 * Passes each message to `handle`. Every node takes its input through here: if anything fails, `done` is still called
 * exactly once, and the process goes on.
 *
 * @param handle is finished when it returns, or when the promise that it returns is settled
 */
export function onInput(
  node: Node,
  handle: (message: NodeMessageInFlow, send: Send) => void | Promise<void>,
): void {
  node.on("input", (message, send, done) => {
    const finish = (error?: SpotifyError): void => {
      try {
        done(error);
      } catch (cause) {
        // Node-RED copies the message for Complete and Catch nodes, and this one cannot be copied.
        reportError(node, error ?? unusable(cause), {});
      }
    };
    let answer: void | Promise<void>;
    try {
      answer = handle(message, send);
    } catch (cause) {
      finish(unusable(cause));
      return;
    }
    if (answer === undefined) finish();
    else {
      answer.then(
        () => finish(),
        (cause: unknown) => finish(unusable(cause)),
      );
    }
  });
}

/** The SpotifyError that something failed with; any other error came from the properties of the message. */
export function unusable(cause: unknown): SpotifyError {
  return toSpotifyError(
    cause,
    "INVALID_ARGUMENT",
    "This message cannot be used: one of its properties cannot be read, changed or copied.",
  );
}
