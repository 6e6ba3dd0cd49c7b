/**
 * The data with which a device continues the playback of another one: the bytes of a TransferState.
 * Sources: librespot protocol/proto/{transfer_state,playback,session,queue,context,context_page,context_track}.proto and
 * connect/src/spirc.rs, `handle_transfer`.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { PlayerState, ProvidedTrack } from "../../../src/proto/gen/connect_pb";
import { bytesField, int32Field, messageOf } from "../metadata/protobuf-fields";

export function transferState(state: PlayerState): Uint8Array {
  const { track, nextTracks, options } = state;
  const isFromQueue = track?.provider === "queue";
  const queued = nextTracks.filter(({ provider }) => provider === "queue");
  return messageOf(
    bytesField(
      1,
      messageOf(
        boolField(1, options?.shufflingContext === true),
        boolField(2, options?.repeatingContext === true),
        boolField(3, options?.repeatingTrack === true),
      ),
    ),
    bytesField(2, playback(state)),
    bytesField(3, session(state)),
    bytesField(
      4,
      messageOf(
        ...(isFromQueue && track !== undefined ? [bytesField(1, contextTrack(track))] : []),
        ...queued.map((next) => bytesField(1, contextTrack(next))),
        boolField(2, isFromQueue),
      ),
    ),
  );
}

function playback({
  timestamp,
  positionAsOfTimestamp,
  playbackSpeed,
  isPaused,
  track,
}: PlayerState): Uint8Array {
  return messageOf(
    new BinaryWriter().tag(1, WireType.Varint).int64(timestamp).finish(),
    int32Field(2, Number(positionAsOfTimestamp)),
    new BinaryWriter().tag(3, WireType.Bit64).double(playbackSpeed).finish(),
    boolField(4, isPaused),
    ...(track === undefined ? [] : [bytesField(5, contextTrack(track))]),
  );
}

/** Items that were played without a context are its pages; its URI is then `-`. */
function session({ playOrigin, contextUri, track, nextTracks }: PlayerState): Uint8Array {
  const uri = contextUri === "" ? "-" : contextUri;
  const items = [...(track === undefined ? [] : [track]), ...nextTracks].filter(
    ({ provider }) => provider === "context",
  );
  const page = messageOf(...items.map((item) => bytesField(4, contextTrack(item))));
  return messageOf(
    bytesField(
      1,
      messageOf(
        bytesField(1, playOrigin?.featureIdentifier ?? ""),
        bytesField(6, playOrigin?.deviceIdentifier ?? ""),
      ),
    ),
    bytesField(
      2,
      messageOf(
        bytesField(1, uri),
        bytesField(2, `context://${uri}`),
        ...(contextUri === "" ? [bytesField(5, page)] : []),
      ),
    ),
    bytesField(3, track?.uid ?? ""),
  );
}

function contextTrack({ uri, uid }: ProvidedTrack): Uint8Array {
  return messageOf(bytesField(1, uri), bytesField(2, uid));
}

function boolField(field: number, value: boolean): Uint8Array {
  return new BinaryWriter().tag(field, WireType.Varint).bool(value).finish();
}
