import { fromBinary } from "@bufbuild/protobuf";
import type { SpotifyError } from "../core/errors";
import type { Mercury } from "../mercury/mercury";
import { FrameSchema, MessageType } from "../proto/gen/spirc_pb";
import { controllingDevice, sentClientId, type ControllingDevice } from "./controlling-device";

/** What a frame says of the app that sent it. */
export type FrameNews =
  | { kind: "client"; clientId: string; device: ControllingDevice | undefined }
  | { kind: "goodbye"; deviceId: string };

/** A frame has a few KiB, or perhaps 100 with the whole queue. */
const MAX_FRAME_BYTES = 1 << 20;

/**
 * The URI under which the devices of an account send each other frames.
 *
 * Source: librespot connect/src/spirc.rs (v0.6), `SpircTask::new`.
 */
export function remoteUri(username: string): string {
  return `hm://remote/user/${encodeURIComponent(username)}/`;
}

/**
 * Listens to the frames that are for this device or for all.
 * @param onNews is given what each frame says. It must not throw
 * @param onLost is told if Spotify ends the subscription
 * @returns stops listening
 * @throws SpotifyError as `Mercury.subscribe`
 */
export function listenToFrames(
  mercury: Mercury,
  username: string,
  deviceId: () => string,
  onNews: (news: FrameNews) => void,
  options: { signal: AbortSignal; onLost: (error: SpotifyError) => void },
): Promise<() => void> {
  const listener = ({ payload }: { payload: Buffer[] }): void => {
    const news = payload[0] && readFrame(payload[0], deviceId());
    if (news) onNews(news);
  };
  return mercury.subscribe(remoteUri(username), listener, options);
}

/**
 * What a frame says of its sender's app; undefined if the frame is our own, for another device, damaged, or names no
 * client ID.
 *
 * Source: librespot connect/src/spirc.rs (v0.6), `handle_remote_update`.
 */
export function readFrame(bytes: Uint8Array, deviceId: string): FrameNews | undefined {
  if (bytes.length > MAX_FRAME_BYTES) return undefined;
  let frame;
  try {
    frame = fromBinary(FrameSchema, bytes);
  } catch {
    return undefined;
  }
  if (frame.ident === deviceId) return undefined;
  if (frame.recipient.length > 0 && !frame.recipient.includes(deviceId)) return undefined;
  if (frame.typ === MessageType.kMessageTypeGoodbye) return { kind: "goodbye", deviceId: frame.ident };
  const said = new Map(frame.deviceState?.metadata.map(({ type, metadata }) => [type, metadata]));
  const clientId = sentClientId(said.get("client_id"));
  if (clientId === undefined) return undefined;
  const device = controllingDevice(frame.ident, {
    name: frame.deviceState?.name,
    brand: said.get("brand_display_name"),
    model: said.get("model_display_name"),
  });
  return { kind: "client", clientId, device };
}
