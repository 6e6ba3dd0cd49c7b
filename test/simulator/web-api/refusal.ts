/** Refusals of the Web API. */
import type { HttpAnswer } from "../http";

export function refusal(status: number, message: string, reason?: string): HttpAnswer {
  return { status, body: { error: { status, message, ...(reason !== undefined && { reason }) } } };
}

/** An action that is impossible at the moment, such as a pause while paused. */
export function violation(): HttpAnswer {
  return refusal(403, "Player command failed: Restriction violated", "UNKNOWN");
}
