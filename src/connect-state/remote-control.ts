import { randomBytes, randomUUID } from "node:crypto";
import { SpotifyError } from "../core/errors";
import { parseBoundedJson } from "../dealer/message";
import type { HttpResponse } from "../net/client";
import type { Spclient, SpclientRequest } from "../spclient/spclient";

/** The longest answer to a command, in bytes. */
const MAX_ANSWER = 64 << 10;
/** What the protocol calls 100 %. */
const FULL_VOLUME = 65_535;

/** A command, as `command` in the body: `endpoint` and its fields, without `logging_params`. */
export interface PlayerCommand {
  endpoint: string;
  [field: string]: unknown;
}

/** Between which devices a command goes. */
export interface Way {
  /** This device. */
  from: string;
  /** A device of the cluster. */
  to: string;
  /** Of this device's dealer connection; undefined if there is none. */
  connectionId: string | undefined;
}

/**
 * Sends commands to the devices of an account. Each method sends one request, once, and gives the answer as it is.
 *
 * Sources: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md (the official desktop app, 2026-10-01); BridgeThing and
 * talyxel-sound, which send JSON that is not packed, as this does; librespot core/src/dealer/protocol/request.rs for what
 * a device needs in it.
 *
 * @throws SpotifyError as `Spclient.request`
 */
export class RemoteControl {
  readonly #spclient: Pick<Spclient, "request">;

  constructor(spclient: Pick<Spclient, "request">) {
    this.#spclient = spclient;
  }

  /** Has a device carry out a command. librespot refuses one without `logging_params`. */
  player(command: PlayerCommand, way: Way, signal: AbortSignal): Promise<HttpResponse> {
    const document = {
      command: { ...command, logging_params: loggingParams(way.from) },
      connection_type: "wlan",
      intent_id: randomId(),
    };
    return this.#send("POST", "player/command", document, way, signal);
  }

  /**
   * Moves what plays to a device.
   * @param restorePaused `restore` keeps it playing or paused; undefined sends no options
   */
  transfer(
    restorePaused: "restore" | "resume" | "pause" | undefined,
    way: Way,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const document = restorePaused && {
      options: {
        restore_paused: restorePaused,
        restore_position: "extrapolate",
        restore_track: "only_current",
        license: "premium",
      },
      transfer_intent_id: randomId(),
      command_id: randomId(),
      interaction_id: randomUUID(),
    };
    return this.#send("POST", "connect/transfer", document, way, signal);
  }

  /** @param percent 0 to 100 */
  setVolume(percent: number, way: Way, signal: AbortSignal): Promise<HttpResponse> {
    return this.#send(
      "PUT",
      "connect/volume",
      { volume: Math.round((percent * FULL_VOLUME) / 100) },
      way,
      signal,
    );
  }

  /** Has Spotify wake the account's apps that are asleep. Source: WaveeMusic, as above. */
  async wakeDevices(signal: AbortSignal): Promise<void> {
    const request = { method: "POST", path: "/connect-state/v1/cluster/wake-devices" } as const;
    const { status } = await this.#spclient.request(
      { ...request, headers: { "content-type": "application/json" }, body: new Uint8Array(0) },
      signal,
    );
    if (status >= 400) {
      throw new SpotifyError("REQUEST_REFUSED", `Spotify would not wake the devices (HTTP ${status}).`);
    }
  }

  #send(
    method: SpclientRequest["method"],
    what: string,
    document: object | undefined,
    { from, to, connectionId }: Way,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.#spclient.request(
      {
        method,
        path: `/connect-state/v1/${what}/from/${encodeURIComponent(from)}/to/${encodeURIComponent(to)}`,
        headers: {
          "content-type": "application/json",
          ...(connectionId && { "x-spotify-connection-id": connectionId }),
        },
        body: Buffer.from(document ? JSON.stringify(document) : ""),
        maxBytes: MAX_ANSWER,
      },
      signal,
    );
  }
}

/** The ID that Spotify repeats in the cluster when the command is done; undefined if the answer has none. */
export function ackIdOf({ body }: HttpResponse): string | undefined {
  const { ack_id: ackId } = fieldsOf(body);
  return typeof ackId === "string" && ackId !== "" && ackId.length <= 256 ? ackId : undefined;
}

/** What Spotify or a device declines a command with. */
export interface Declined {
  /** Such as `DEVICE_NOT_FOUND`; undefined if the answer has none. */
  type: string | undefined;
  /** Such as `no_prev_track`, most important first; empty if the device did not decline. */
  reasons: string[];
}

/**
 * Reads the answer to a command that was declined.
 * Sources: BridgeThing and Spotifly, tests; WaveeMusic handoff-20260911-connect-detail.md.
 */
export function declined({ body }: HttpResponse): Declined {
  const { error_type: type, error_description: description, reasons, error_code: code } = fieldsOf(body);
  const number = typeof code === "string" && code !== "" ? `error ${code}` : undefined;
  const words = [...(Array.isArray(reasons) ? (reasons as unknown[]) : []), description, number].filter(
    (word): word is string => typeof word === "string" && word !== "",
  );
  return { type: typeof type === "string" ? type : undefined, reasons: words };
}

function fieldsOf(body: Buffer): Record<string, unknown> {
  try {
    return (parseBoundedJson(body, "Spotify") ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function loggingParams(deviceId: string): object {
  const now = Date.now();
  return {
    command_initiated_time: now,
    command_received_time: now,
    page_instance_ids: [],
    interaction_ids: [],
    device_identifier: deviceId,
    command_id: randomId(),
  };
}

function randomId(): string {
  return randomBytes(16).toString("hex");
}
