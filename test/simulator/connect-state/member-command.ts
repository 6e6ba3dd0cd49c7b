/**
 * Commands in the form in which a registered device receives them: the server renames the commands of apps.
 * Sources: librespot core/src/dealer/protocol/request.rs; go-librespot dealer/recv.go; WaveeMusic
 * docs/plans/wavee/connect-commands-from-capture.md for what apps send.
 */
import type { PlayerState } from "../../../src/proto/gen/connect_pb";
import { isRecord } from "../web-api/json";
import { transferState } from "./transfer-state";

type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined if it is not a command */
export function memberCommand({ prepare_play_options: prepared, ...command }: Fields): Fields | undefined {
  const { endpoint, queue_revision: revision } = command;
  if (typeof endpoint !== "string") return undefined;
  return {
    ...command,
    endpoint: endpoint === "next_track" ? "skip_next" : endpoint,
    ...(isRecord(prepared) && { options: prepared }),
    ...(typeof revision === "number" && { queue_revision: String(revision) }),
  };
}

/**
 * The server fills in what an app leaves out: librespot refuses a transfer that lacks one of these (`TransferOptions`), and
 * takes those of apps that name fewer. librespot#1750 shows them all; what stands in the last one is not published.
 */
const TRANSFER_OPTIONS = {
  restore_paused: "restore",
  restore_position: "extrapolate",
  restore_track: "only_current",
  retain_session: "retain",
  license: "premium",
};

/**
 * @param state what plays, and where; if nothing has ever played, the command has no data
 * @param wanted what the app has sent
 * @param from the ID of its device
 */
export function transferCommand(state: PlayerState | undefined, wanted: Fields, from: string): Fields {
  const { options, transfer_options: others, logging_params: logging = {} } = wanted;
  return {
    endpoint: "transfer",
    ...(state !== undefined && { data: Buffer.from(transferState(state)).toString("base64") }),
    options: { ...TRANSFER_OPTIONS, ...(isRecord(options) ? options : isRecord(others) ? others : {}) },
    from_device_identifier: from,
    logging_params: logging,
  };
}
