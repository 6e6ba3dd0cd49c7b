/** Makes a simulated device carry a command out according to its conduct, on any route. */
import { randomBytes } from "node:crypto";
import { ClusterUpdateReason } from "../../../src/proto/gen/connect_pb";
import type { Timers } from "../timers";
import type { Declined } from "./conduct";
import type { SimulatedDevice } from "./devices";
import type { Playback } from "./playback";

export interface Delivery<Answer> {
  device: SimulatedDevice;
  playback: Playback;
  timers: Timers;
  /** Changes the volume, transfers playback to the device, or gives its player a command. */
  kind: "volume" | "transfer" | "player";
  /**
   * @param ackId the ID that pushes repeat meanwhile
   * @returns the reason if it was not done; undefined if it was
   */
  act: (ackId: string) => Answer | undefined;
  /** The service's answer after it has forwarded the command. */
  done: (ackId: string) => Answer;
  /** The device has just left. */
  gone: Answer;
  serverError: Answer;
  declined: (why: Declined) => Answer;
  /** Resets the connection instead of answering. */
  lost: Answer;
}

export function carryOut<Answer>(delivery: Delivery<Answer>): Answer {
  const { device, timers, act, gone, serverError, declined, lost } = delivery;
  const { conduct } = device;
  if (conduct.vanishes === true) {
    conduct.vanishes = false;
    device.disconnect();
    return gone;
  }
  const { serverErrors } = conduct;
  const hasServerError = serverErrors !== undefined && serverErrors.times > 0;
  if (hasServerError) serverErrors.times -= 1;
  if (hasServerError && !serverErrors.carriesOut) return serverError;
  if (conduct.declines !== undefined) return declined(conduct.declines);
  const ackId = newAckId();
  let refused: Answer | undefined;
  if (!isIgnored(delivery)) {
    const delay = typeof conduct.slow === "function" ? conduct.slow() : (conduct.slow ?? 0);
    timers.later(delay, () => {
      refused = withAcks(delivery, ackId, act);
    });
  }
  if (hasServerError) return serverError;
  if (conduct.losesAnswers === undefined || conduct.losesAnswers <= 0) {
    return refused ?? delivery.done(ackId);
  }
  conduct.losesAnswers -= 1;
  return lost;
}

/** As in an answer to a command, and in the push after it. */
export function newAckId(): string {
  return randomBytes(20).toString("base64url");
}

function isIgnored<Answer>({ device, playback, kind }: Delivery<Answer>): boolean {
  const { conduct } = device;
  if (conduct.isDeaf === true) return true;
  const { transfersNeeded = 0 } = conduct;
  if (transfersNeeded <= 1 || playback.active === device || kind === "volume") return false;
  if (kind === "transfer") conduct.transfersNeeded = transfersNeeded - 1;
  return true;
}

function withAcks<Answer>(
  { device, playback, timers }: Delivery<Answer>,
  ackId: string,
  act: (ackId: string) => Answer | undefined,
): Answer | undefined {
  const { acksAfter } = device.conduct;
  if (acksAfter === undefined) return act(ackId);
  const answer = act(newAckId());
  if (acksAfter !== "never") {
    const tell = (): void => playback.tell(ClusterUpdateReason.DEVICE_STATE_CHANGED, [device]);
    timers.later(acksAfter, () => playback.carryOut(ackId, tell));
  }
  return answer;
}
