/**
 * The commands that devices of an account send each other: to the player of another device, for its volume, to move what
 * plays, and to wake those that sleep. Simulated devices carry them out on the model of the account's playback; registered
 * devices are sent them.
 * Sources: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md; BridgeThing; talyxel-sound.
 */
import type { Backend } from "../backend";
import { struck, strikes } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import { isRecord } from "../web-api/json";
import type { Timers } from "../timers";
import type { Account } from "../world/accounts";
import { carryOut, newAckId } from "../world/carry-out";
import type { SimulatedDevice } from "../world/devices";
import type { Member } from "./cluster";
import type { Clusters } from "./clusters";
import { documentOf, volumeOf, type Fields } from "./command-body";
import * as errors from "./command-errors";
import { answerOf, type Answer } from "./device-command";
import { memberCommand, transferCommand } from "./member-command";
import { MAX_VOLUME } from "./simulated-device-info";
import { takeUp } from "./take-up";

const PATH =
  /^\/connect-state\/v1\/(?:(player|connect)\/(command|transfer|volume)\/from\/([^/]{1,128})\/to\/([^/]{1,128})|cluster\/(wake)-devices)$/;

type Kind = "player" | "volume" | "transfer" | "wake";

/** A request for a command. */
interface Asked {
  kind: Kind;
  account: Account;
  request: HttpRequest;
  /** Empty if it is not one JSON object. */
  document: Fields;
  /** Device IDs; empty to wake all of the account's devices. */
  from: string;
  to: string;
}

export class DeviceCommands {
  readonly #backend: Backend;
  readonly #clusters: Clusters;
  readonly #timers: Timers;

  constructor(backend: Backend, clusters: Clusters, timers: Timers) {
    this.#backend = backend;
    this.#clusters = clusters;
    this.#timers = timers;
  }

  /** @returns undefined if the request is not for this service */
  async answer(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const path = pathOf(request);
    if (path === undefined) return undefined;
    const { accounts, clientTokens, faults } = this.#backend;
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner = accounts.serviceToken(token);
    const document = documentOf(request);
    const delay = struck(faults, "deviceCommandSlow") ?? 0;
    const answer =
      this.#fault() ??
      (owner === undefined ? { status: 401 } : clientTokens.refusal(request.headers)) ??
      (await this.#decide({ ...path, request, document, account: owner!.account }));
    this.#note(path, document, answer, owner?.account.username ?? "");
    return delay === 0 ? answer : { ...answer, delay };
  }

  #fault(): HttpAnswer | undefined {
    const { faults } = this.#backend;
    if (strikes(faults, "deviceCommandDrop")) return { status: 0, drop: true };
    const retryAfter = struck(faults, "deviceCommandRateLimited");
    if (retryAfter !== undefined) return { status: 429, headers: { "retry-after": String(retryAfter) } };
    const status = struck(faults, "deviceCommandStatus");
    return status === undefined ? undefined : { status };
  }

  #note(
    { kind, to }: Pick<Asked, "kind" | "to">,
    document: Fields,
    { status }: HttpAnswer,
    username: string,
  ): void {
    const { journal } = this.#backend;
    const command = document["command"];
    const endpoint = isRecord(command) && kind === "player" ? command["endpoint"] : undefined;
    const record = {
      username,
      kind: kind === "player" ? "command" : kind,
      to,
      endpoint: typeof endpoint === "string" ? endpoint : "",
      body: document,
      status,
      at: Date.now(),
    };
    journal.record(journal.stats.deviceCommands, record);
    journal.happened("deviceCommand", record);
  }

  #decide(asked: Asked): HttpAnswer | Promise<HttpAnswer> {
    const { kind, account, request, to } = asked;
    if (request.method !== (kind === "volume" ? "PUT" : "POST")) return { status: 405 };
    if (kind === "wake") return this.#wake(account);
    const member = this.#clusters.of(account).find(to);
    if (member !== undefined) return this.#handOn(asked, member);
    const device = account.playback.devices.find(({ id, isOnline }) => id === to && isOnline);
    return device === undefined ? errors.NOT_FOUND : this.#toSimulated(asked, device);
  }

  #toSimulated(asked: Asked, device: SimulatedDevice): HttpAnswer {
    const { playback } = asked.account;
    return carryOut<HttpAnswer>({
      device,
      playback,
      timers: this.#timers,
      kind: asked.kind === "wake" ? "player" : asked.kind,
      act: (ackId) => {
        const answer = this.#answerOf(asked, device);
        if (answer === "malformed") return errors.MALFORMED;
        if (answer === "not-supported") return errors.NOT_SUPPORTED;
        if (answer === "failed") return errors.FAILED;
        if ("declines" in answer) return errors.declined(answer.declines);
        answer.does(ackId);
        return undefined;
      },
      done,
      gone: errors.NOT_FOUND,
      serverError: { status: 502 },
      declined: errors.declined,
      lost: { status: 0, drop: true },
    });
  }

  #answerOf({ kind, account, request, document, from }: Asked, device: SimulatedDevice): Answer {
    const { playback } = account;
    if (kind === "volume") {
      const volume = volumeOf(request);
      if (volume === undefined) return "malformed";
      if (device.disableVolume) return "not-supported";
      const percent = Math.round((volume * 100) / MAX_VOLUME);
      return { does: (ackId) => playback.carryOut(ackId, () => playback.setVolume(percent, device)) };
    }
    if (kind === "transfer") {
      return { does: (ackId) => playback.carryOut(ackId, () => this.#transfer(account, document, device)) };
    }
    const { command } = document;
    return isRecord(command) ? answerOf(command, device, playback, from) : "malformed";
  }

  /** `restore` keeps it playing or paused. The desktop app and the web player name the options differently. */
  #transfer(account: Account, document: Fields, device: SimulatedDevice): void {
    const { playback } = account;
    const cluster = this.#clusters.of(account);
    const { options, transfer_options: others } = document;
    const wanted = isRecord(options) ? options : isRecord(others) ? others : {};
    const then = wanted["restore_paused"];
    const isPaused = then === "pause" || (then !== "resume" && cluster.view.status !== "playing");
    if (cluster.find(cluster.activeDeviceId) !== undefined)
      return takeUp(cluster.view, device, playback, isPaused);
    if (!isPaused) return playback.play({ device });
    playback.player.pause();
    playback.transfer(device);
  }

  /** To a device that has registered itself: over its dealer connection. */
  async #handOn({ kind, account, request, document, from }: Asked, member: Member): Promise<HttpAnswer> {
    if (kind === "volume") {
      const volume = volumeOf(request);
      if (volume === undefined) return errors.MALFORMED;
      if (member.info.capabilities?.disableVolume === true) return errors.NOT_SUPPORTED;
      this.#clusters.setVolume(member, (volume * 100) / MAX_VOLUME);
      return { status: 200 };
    }
    const { playerState } = this.#clusters.of(account);
    const { command: sent } = document;
    const command =
      kind === "transfer"
        ? transferCommand(playerState, document, from)
        : isRecord(sent)
          ? memberCommand(sent)
          : undefined;
    if (command === undefined) return errors.MALFORMED;
    const ackId = newAckId();
    try {
      const { success } = await this.#clusters.command(account, member, command, from, ackId);
      return success ? done(ackId) : errors.FAILED;
    } catch {
      const isThere = this.#clusters.of(account).find(member.deviceId) !== undefined;
      return isThere ? errors.NO_REPLY : errors.NOT_FOUND;
    }
  }

  #wake({ playback }: Account): HttpAnswer {
    for (const device of playback.devices) {
      const { wakesAfter } = device.conduct;
      if (!device.isOnline && wakesAfter !== undefined)
        this.#timers.later(wakesAfter, () => device.connect());
    }
    return { status: 200 };
  }
}

function done(ackId: string): HttpAnswer {
  return { status: 200, body: { ack_id: ackId } };
}

function pathOf({ url }: HttpRequest): Pick<Asked, "kind" | "from" | "to"> | undefined {
  const [whole, area, what, from = "", to = "", wake] = PATH.exec(url.pathname) ?? [];
  if (whole === undefined) return undefined;
  if (wake !== undefined) return { kind: "wake", from, to };
  const isPlayers = area === "player";
  if (isPlayers !== (what === "command")) return undefined;
  const kind = isPlayers ? "player" : what === "volume" ? "volume" : "transfer";
  try {
    return { kind, from: decodeURIComponent(from), to: decodeURIComponent(to) };
  } catch {
    return undefined;
  }
}
