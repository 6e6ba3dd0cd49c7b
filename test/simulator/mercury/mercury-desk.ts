/** Receives a connection's Mercury requests and answers them, or does not, according to faults. */
import type { Backend } from "../backend";
import type { Connection } from "../access-point/connection";
import { noise, struck, strikes } from "../faults";
import { Command, understand } from "../access-point/framing";
import { answerKeymaster, readKeymasterUri } from "./keymaster";
import {
  MercuryReader,
  writeMercury,
  writeOverlongMercury,
  writeSubscription,
  type MercuryRequest,
} from "./mercury";

/** The answer to a request: a Mercury status and the parts after the header. */
interface Answer {
  status: number;
  parts: Uint8Array[];
}

const MAX_SUBSCRIPTIONS = 100;

export class MercuryDesk {
  readonly #backend: Backend;
  readonly #connection: Connection;
  readonly #reader = new MercuryReader();
  /** For the fault `reordering`: the functions that send the answers held back. */
  #heldBack: (() => void)[] = [];

  constructor(backend: Backend, connection: Connection) {
    this.#backend = backend;
    this.#connection = connection;
  }

  /**
   * @param payload of packet 0xb2, 0xb3 or 0xb4
   * @throws ClientError if it is not Mercury
   */
  receive(cmd: number, payload: Buffer): void {
    const request = understand(() => this.#reader.read(payload));
    if (request === undefined) return;
    const { faults } = this.#backend;
    if (strikes(faults, "dropMidRequest")) {
      this.#record(request, 0);
      return this.#connection.drop();
    }
    if (struck(faults, "silent", (phase) => phase === "mercury") !== undefined) {
      return this.#record(request, 0);
    }
    const answer = this.#answer(cmd, request);
    const send = (): void => this.#send(cmd, request, answer);
    const batch = struck(faults, "reordering", (size) => this.#heldBack.length + 1 >= size);
    if (batch === undefined && faults.reordering !== false) {
      this.#heldBack.push(send);
    } else {
      const sends = [send, ...this.#heldBack.toReversed()];
      this.#heldBack = [];
      for (const each of sends) each();
    }
    this.#record(request, answer.status);
  }

  #answer(cmd: number, request: MercuryRequest): Answer {
    const { accounts, faults, policy } = this.#backend;
    const status = struck(faults, "mercuryStatus");
    if (status !== undefined) return { status, parts: [] };
    if (cmd === Command.MercurySubscribe) return this.#subscribe(request.uri);
    if (cmd === Command.MercuryUnsubscribe) {
      this.#connection.subscriptions.delete(request.uri);
      return { status: 200, parts: [] };
    }
    const wanted = readKeymasterUri(request.uri);
    const account = this.#connection.account;
    if (wanted === undefined || account === undefined) return { status: 404, parts: [] };
    if (struck(faults, "garbage", (what) => what === "keymaster") !== undefined) {
      return { status: 200, parts: [noise(64, 3)] };
    }
    const text = struck(faults, "keymasterPayload");
    if (text !== undefined) return { status: 200, parts: [Buffer.from(text)] };
    const refusal = struck(faults, "keymasterRefusal");
    if (refusal !== undefined) {
      const { status: refused, payload } = refusal;
      return { status: refused, parts: payload === undefined ? [] : [Buffer.from(JSON.stringify(payload))] };
    }
    const asker = { account, byToken: this.#connection.byToken, session: this.#connection.id };
    const answer = answerKeymaster(wanted, asker, policy, accounts);
    return { status: answer.status, parts: [answer.payload] };
  }

  #subscribe(uri: string): Answer {
    const { subscriptions } = this.#connection;
    if (subscriptions.size >= MAX_SUBSCRIPTIONS) return { status: 403, parts: [] };
    subscriptions.add(uri);
    const asList = this.#backend.policy.subscriptionAnswer === "list";
    return { status: 200, parts: asList ? [writeSubscription(uri)] : [] };
  }

  #send(cmd: number, request: MercuryRequest, answer: Answer): void {
    const { faults } = this.#backend;
    const message = { sequence: request.sequence, uri: request.uri, ...answer };
    const garbage = struck(
      faults,
      "garbage",
      (what) => what === "packet-length" || what === "mercury-length",
    );
    if (garbage === "packet-length") return this.#connection.sendHeaderAlone(cmd, 0xffff);
    if (garbage === "mercury-length") return this.#connection.send(cmd, writeOverlongMercury(message));
    const spread = {
      twoPackets: strikes(faults, "twoPackets"),
      splitParts: strikes(faults, "splitParts"),
    };
    for (const payload of writeMercury(message, spread)) this.#connection.send(cmd, payload);
  }

  #record(request: MercuryRequest, status: number): void {
    const { journal } = this.#backend;
    const record = { uri: request.uri, method: request.method, status };
    const wanted = readKeymasterUri(request.uri);
    journal.record(journal.stats.mercuryRequests, record);
    if (wanted !== undefined) {
      const username = this.#connection.username ?? "";
      const keymaster = { ...wanted, username, at: Date.now(), status };
      journal.record(journal.stats.keymasterRequests, keymaster);
      journal.happened("keymaster", keymaster, this.#connection);
    }
    journal.happened("mercury", record, this.#connection);
  }
}
