import assert from "node:assert/strict";
import { SpotifyError, type SpotifyErrorCode } from "../../src";

/** The SpotifyError with which `promise` fails, which must have this code if one is given. */
export async function failureOf(promise: Promise<unknown>, code?: SpotifyErrorCode): Promise<SpotifyError> {
  const outcome = await promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  return checked(outcome, code);
}

/** The SpotifyError that `action` throws, which must have this code if one is given. */
export function thrownBy(action: () => unknown, code?: SpotifyErrorCode): SpotifyError {
  let outcome: unknown = "it succeeded";
  try {
    action();
  } catch (error) {
    outcome = error;
  }
  return checked(outcome, code);
}

function checked(outcome: unknown, code?: SpotifyErrorCode): SpotifyError {
  assert.ok(outcome instanceof SpotifyError, `Should fail with a SpotifyError, but: ${String(outcome)}`);
  if (code !== undefined) assert.equal(outcome.code, code, outcome.message);
  return outcome;
}

/** Holds a promise's outcome, so that a test can check whether there is one yet. */
export class Outcome<Result> {
  pending = true;
  result: Result | undefined;
  error: SpotifyError | undefined;

  constructor(promise: Promise<Result>) {
    promise.then(
      (result) => {
        this.pending = false;
        this.result = result;
      },
      (error: unknown) => {
        this.pending = false;
        this.error = error as SpotifyError;
      },
    );
  }
}
