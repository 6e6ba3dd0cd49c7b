/**
 * The commands that devices of an account send each other: to the player of another device, for its volume, and to move what
 * plays. Simulated devices carry them out on the model of the account's playback; registered devices are sent them.
 * Sources: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md; BridgeThing; talyxel-sound; the errors are those of
 * BridgeThing's and Spotifly's tests.
 */
import { randomBytes } from "node:crypto";
import type { Backend } from "../backend";
import { struck } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import { isRecord, parseObject } from "../web-api/json";
import type { Account } from "../world/accounts";
import { conducted } from "../world/conduct";
import type { SimulatedDevice } from "../world/devices";
import type { Playback } from "../world/playback";
import type { Member } from "./cluster";
import type { Clusters } from "./clusters";
import { answerOf, type Answer, type Fields } from "./device-command";
import { MAX_VOLUME } from "./simulated-device-info";

const PATH =
  /^\/connect-state\/v1\/(player\/command|connect\/transfer|connect\/volume)\/from\/([^/]{1,128})\/to\/([^/]{1,128})$/;
const WAKE = "/connect-state/v1/cluster/wake-devices";
const NOT_FOUND: HttpAnswer = {
  status: 404,
  body: { error_type: "DEVICE_NOT_FOUND", message: "Device not found, from edgeproxy" },
};
const NOT_SUPPORTED: HttpAnswer = { status: 400, body: { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" } };
const MALFORMED: HttpAnswer = { status: 400 };

export class DeviceCommands {
  readonly #backend: Backend;
  readonly #clusters: Clusters;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(backend: Backend, clusters: Clusters) {
    this.#backend = backend;
    this.#clusters = clusters;
  }

  /** @returns undefined if the request is not for this service */
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> | undefined {
    const { pathname } = request.url;
    const [, kind, from = "", to = ""] = PATH.exec(pathname) ?? [];
    if (kind === undefined && pathname !== WAKE) return undefined;
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner = this.#backend.accounts.login5Token(token);
    const refused =
      owner === undefined ? { status: 401 } : this.#backend.clientTokens.refusal(request.headers);
    if (refused !== undefined || owner === undefined) return refused ?? { status: 401 };
    const { account } = owner;
    const status = struck(this.#backend.faults, "deviceCommandStatus");
    if (status !== undefined) return { status };
    if (kind === undefined) return request.method === "POST" ? this.#wake(account) : { status: 405 };
    const answer = this.#command(kind, request, account, decodeURIComponent(from), decodeURIComponent(to));
    const note = (done: HttpAnswer): HttpAnswer => {
      const { journal } = this.#backend;
      const record = {
        username: account.username,
        kind: kind.replace("connect/", "").replace("player/", ""),
        to: decodeURIComponent(to),
        endpoint: endpointOf(request),
        body: parseObject(request.body),
        status: done.status,
        at: Date.now(),
      };
      journal.record(journal.stats.deviceCommands, record);
      journal.happened("deviceCommand", record);
      return done;
    };
    return answer instanceof Promise ? answer.then(note) : note(answer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #command(
    kind: string,
    request: HttpRequest,
    account: Account,
    from: string,
    to: string,
  ): HttpAnswer | Promise<HttpAnswer> {
    if (request.method !== (kind === "connect/volume" ? "PUT" : "POST")) return { status: 405 };
    const member = this.#clusters.of(account).find(to);
    if (member !== undefined) return this.#handOn(kind, request, member, from);
    const { playback } = account;
    const device = playback.devices.find(({ id, isOnline }) => id === to && isOnline);
    if (device === undefined) return NOT_FOUND;
    return this.#carryOut(device, () => this.#answerOf(kind, request, device, playback));
  }

  #answerOf(kind: string, request: HttpRequest, device: SimulatedDevice, playback: Playback): Answer {
    const document = parseObject(request.body) ?? {};
    if (kind === "connect/volume") {
      const volume = volumeOf(request);
      if (volume === undefined) return "malformed";
      if (device.disableVolume) return "not-supported";
      const percent = Math.round((volume * 100) / MAX_VOLUME);
      return { does: (ackId) => playback.carryOut(ackId, () => playback.setVolume(percent, device)) };
    }
    if (kind === "connect/transfer") return transfer(document, device, playback);
    const { command } = document;
    return isRecord(command) ? answerOf(command, device, playback) : "malformed";
  }

  /** As the conduct of the device says. */
  #carryOut(device: SimulatedDevice, decide: () => Answer): HttpAnswer {
    const ackId = randomBytes(20).toString("base64url");
    const done: HttpAnswer = { status: 200, body: { ack_id: ackId } };
    const act = (): HttpAnswer => {
      const answer = decide();
      if (answer === "malformed") return MALFORMED;
      if (answer === "not-supported") return NOT_SUPPORTED;
      if ("declines" in answer) return declined(answer.declines);
      answer.does(ackId);
      return done;
    };
    const answers = {
      gone: NOT_FOUND,
      serverError: { status: 502 },
      declined,
      lost: { status: 0, drop: true },
    };
    const who = { conduct: device.conduct, disconnect: () => device.disconnect() };
    return conducted(who, (delay, action) => this.#later(delay, action), act, answers, done);
  }

  /** To a device that has registered itself: over its dealer connection. */
  #handOn(kind: string, request: HttpRequest, member: Member, from: string): HttpAnswer {
    const ackId = randomBytes(20).toString("base64url");
    if (kind === "connect/volume") {
      const volume = volumeOf(request);
      if (volume === undefined) return MALFORMED;
      if (member.info.capabilities?.disableVolume === true) return NOT_SUPPORTED;
      this.#clusters.setVolume(member, Math.round((volume * 100) / MAX_VOLUME));
      return { status: 200, body: { ack_id: ackId } };
    }
    const document = parseObject(request.body) ?? {};
    if (kind === "connect/transfer") return { status: 501 };
    const { command } = document;
    if (!isRecord(command)) return MALFORMED;
    this.#clusters.command(member, command, from);
    return { status: 200, body: { ack_id: ackId } };
  }

  #wake(account: Account): HttpAnswer {
    for (const device of account.playback.devices) {
      const { wakesAfter } = device.conduct;
      if (!device.isOnline && wakesAfter !== undefined) this.#later(wakesAfter, () => device.connect());
    }
    return { status: 200 };
  }

  #later(delay: number | undefined, action: () => void): void {
    if (delay === undefined) return action();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    timer.unref();
    this.#timers.add(timer);
  }
}

/** `restore` keeps it playing or paused. The desktop app and the web player name the options differently. */
function transfer(document: Fields, device: SimulatedDevice, playback: Playback): Answer {
  const { options, transfer_options: others } = document;
  const wanted = isRecord(options) ? options : isRecord(others) ? others : {};
  const then = wanted["restore_paused"] ?? "restore";
  const { conduct } = device;
  if (conduct.transfersNeeded !== undefined && conduct.transfersNeeded > 1) {
    conduct.transfersNeeded -= 1;
    return { does: () => undefined };
  }
  return {
    does: (ackId) => {
      if (then === "resume") return playback.carryOut(ackId, () => playback.play({ device }));
      if (then !== "pause") return playback.carryOut(ackId, () => playback.transfer(device));
      playback.transfer(device);
      playback.carryOut(ackId, () => playback.pause());
    },
  };
}

function endpointOf({ body }: HttpRequest): string {
  const command = parseObject(body)?.["command"];
  const endpoint = isRecord(command) ? command["endpoint"] : undefined;
  return typeof endpoint === "string" ? endpoint : "";
}

/** 0 to 65,535, as JSON or as SetVolumeCommand. Source of the latter: WaveeMusic, from a capture. */
function volumeOf({ headers, bytes, body }: HttpRequest): number | undefined {
  const isJson = String(headers["content-type"]).startsWith("application/json");
  const volume: unknown = isJson ? parseObject(body)?.["volume"] : protobufVolume(bytes);
  return typeof volume === "number" && volume >= 0 && volume <= MAX_VOLUME ? volume : undefined;
}

function protobufVolume(bytes: Buffer): number | undefined {
  if (bytes[0] !== 0x08) return undefined;
  let volume = 0;
  for (const [place, byte] of bytes.subarray(1, 6).entries()) {
    volume += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return volume;
  }
  return undefined;
}

function declined({
  code,
  description,
  reasons,
}: NonNullable<SimulatedDevice["conduct"]["declines"]>): HttpAnswer {
  return { status: 403, body: { error_code: code, error_description: description, reasons: [...reasons] } };
}
