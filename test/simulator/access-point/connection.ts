/** One client's connection to an access point, from the first byte to the last. */
import type { Socket } from "node:net";
import type { Account } from "../world/accounts";
import type { Backend } from "../backend";
import { noise, struck, strikes } from "../faults";
import { BadMacError, ClientError, Command, PacketReader, PacketWriter, type Packet } from "./framing";
import { writeHandshakeRefusal } from "./handshake";
import { KeepAlive } from "./keep-alive";
import { judgeLogin, loginFailedPacket, welcomePackets } from "./login";
import { writeMercury } from "../mercury/mercury";
import { MercuryDesk } from "../mercury/mercury-desk";
import { Opening } from "./opening";
import { AuthenticationType } from "../../../src/proto/gen/authentication_pb";
import { Wire } from "./wire";

/** Types that librespot's packet.rs names, which are therefore not "unknown types". */
const NAMED_COMMANDS: ReadonlySet<number> = new Set([
  0x02, 0x04, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x19, 0x1b, 0x1f, 0x49, 0x4a, 0x4b, 0x4f,
  0x50, 0x69, 0x74, 0x76, 0x82, 0xab, 0xac, 0xad, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
]);

let connectionsMade = 0;

export class Connection {
  /** Different for each connection of this process. */
  readonly id = ++connectionsMade;
  /** The account logged in. */
  account: Account | undefined;
  deviceId = "";
  /** URIs this client has subscribed to. */
  readonly subscriptions = new Set<string>();

  readonly #backend: Backend;
  readonly #wire: Wire;
  readonly #keepAlive: KeepAlive;
  readonly #desk: MercuryDesk;
  readonly #opening: Opening;
  #reader: PacketReader | undefined;
  #writer: PacketWriter | undefined;
  #byToken = false;
  #unknownSent = 0;
  #eventsSent = 0n;

  constructor(socket: Socket, backend: Backend, onClose: () => void) {
    this.#backend = backend;
    this.#wire = new Wire(socket, {
      faults: backend.faults,
      roundTrip: backend.roundTrip,
      traffic: backend.journal.stats,
      onBytes: (bytes) => this.#receive(bytes),
      onClose: () => {
        this.#keepAlive.stop();
        onClose();
      },
    });
    this.#opening = new Opening(backend, this.#wire, () => backend.journal.happened("hello", this));
    this.#keepAlive = new KeepAlive({
      send: (cmd, payload) => {
        if (cmd === Command.Ping) backend.journal.stats.pings += 1;
        this.send(cmd, payload);
      },
      giveUp: () => this.drop(),
      isSilent: (what) => struck(backend.faults, "silent", (phase) => phase === what) !== undefined,
    });
    this.#desk = new MercuryDesk(backend, this);
  }

  /** The name of the account that is logged in, or undefined before that. */
  get username(): string | undefined {
    return this.account?.username;
  }

  /** Whether the session was opened with an OAuth access token. */
  get byToken(): boolean {
    return this.#byToken;
  }

  get isOpen(): boolean {
    return this.#wire.isOpen;
  }

  /** Sends a packet, with the faults of packets that are on. Sends nothing before the handshake is done. */
  send(cmd: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    const { faults } = this.#backend;
    if (struck(faults, "garbage", (what) => what === "packets") !== undefined) {
      this.#wire.write(noise(payload.length + 7, writer.count));
      return;
    }
    // Not before the answer to the login: librespot accepts nothing else then, so Spotify sends nothing else.
    if (writer.count > 0 && strikes(faults, "unknownPackets")) this.#sendUnknown(writer);
    const packet = writer.write(cmd, payload);
    const wrongMac = struck(faults, "wrongMac", (n) => n === "next" || n === writer.count);
    if (wrongMac !== undefined)
      packet.writeUInt8(packet.readUInt8(packet.length - 1) ^ 0x80, packet.length - 1);
    this.#wire.write(packet);
  }

  /** A pushed Mercury event, 0xb5. */
  sendEvent(uri: string, parts: readonly Uint8Array[] = []): void {
    const sequence = Buffer.alloc(8);
    sequence.writeBigUInt64BE(this.#eventsSent++);
    for (const payload of writeMercury({ sequence, uri, status: 200, parts })) {
      this.send(Command.MercuryEvent, payload);
    }
  }

  /** A packet header that announces `length` bytes, without any of them. */
  sendHeaderAlone(cmd: number, length: number): void {
    if (this.#writer !== undefined) this.#wire.write(this.#writer.writeHeaderAlone(cmd, length));
  }

  ping(): void {
    this.#keepAlive.ping();
  }

  /** RST: what was sent and not yet read may be lost, and the client sees ECONNRESET. */
  drop(): void {
    this.#wire.drop();
  }

  /** FIN, after everything that was sent. */
  end(): void {
    this.#wire.end();
  }

  #receive(bytes: Buffer): void {
    try {
      if (this.#reader === undefined) this.#readOpening(bytes);
      else this.#readPackets(this.#reader, bytes);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error instanceof BadMacError) this.#backend.journal.stats.badMacs += 1;
      if (this.#reader === undefined) this.#backend.journal.stats.handshakeFailures += 1;
      this.drop();
    }
  }

  #readOpening(bytes: Buffer): void {
    const { journal } = this.#backend;
    const result = this.#opening.read(bytes);
    if (result.kind === "failed") throw new ClientError("No handshake");
    if (result.kind === "more") return;
    this.#reader = new PacketReader(result.keys.receiveKey);
    this.#writer = new PacketWriter(result.keys.sendKey);
    journal.stats.handshakes += 1;
    journal.happened("handshake", this);
    this.#readPackets(this.#reader, result.rest);
  }

  #readPackets(reader: PacketReader, bytes: Buffer): void {
    for (const packet of reader.read(bytes)) {
      this.#backend.journal.happened("packet", packet, this);
      this.#act(packet);
      if (!this.isOpen) return;
    }
  }

  #act({ cmd, payload }: Packet): void {
    if (this.account === undefined) {
      // Before the login, no other packet is valid.
      if (cmd === Command.Login) this.#login(payload);
      return;
    }
    switch (cmd) {
      case Command.Pong:
        this.#backend.journal.stats.pongs += 1;
        this.#keepAlive.pong();
        this.#backend.journal.happened("pong", this);
        break;
      case Command.MercuryRequest:
      case Command.MercurySubscribe:
      case Command.MercuryUnsubscribe:
        this.#desk.receive(cmd, payload);
        break;
      default:
      // Clients send other packets too (0x0f, 0x74 the preferred locale); none of them needs an answer.
    }
  }

  #login(payload: Buffer): void {
    const { accounts, faults, journal, policy } = this.#backend;
    if (struck(faults, "silent", (phase) => phase === "login") !== undefined) return;
    const plain = struck(faults, "plainLoginFailed");
    if (plain !== undefined) return this.#wire.write(writeHandshakeRefusal(plain), "end");
    const result = judgeLogin(payload, accounts, faults);
    const { username, type, deviceId } = result;
    const base = { username, type, deviceId, at: Date.now() };
    if ("code" in result) {
      const record = { ...base, ok: false, code: result.code };
      const refusal = loginFailedPacket(result.code);
      this.send(refusal.cmd, refusal.payload);
      this.end();
      journal.record(journal.stats.logins, record);
      journal.happened("login", record, this);
      return;
    }
    this.account = result.account;
    this.deviceId = deviceId;
    this.#byToken = type === AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN;
    const [welcome, ...others] = welcomePackets(result, policy);
    if (welcome !== undefined) this.send(welcome.cmd, welcome.payload);
    if (strikes(faults, "dropAfterLogin")) {
      this.#wire.write(Buffer.alloc(0), "drop");
    } else {
      // The ping comes first: librespot waits only 20 s for it.
      this.#keepAlive.ping();
      for (const { cmd, payload: body } of others) this.send(cmd, body);
    }
    const record = { ...base, ok: true };
    journal.record(journal.stats.logins, record);
    journal.happened("login", record, this);
  }

  /** Types and lengths repeat in a cycle, so that a run can be repeated. */
  #sendUnknown(writer: PacketWriter): void {
    let cmd = (this.#unknownSent * 37 + 0x33) % 256;
    while (NAMED_COMMANDS.has(cmd)) cmd = (cmd + 1) % 256;
    const payload = noise((this.#unknownSent * 17) % 64, this.#unknownSent);
    this.#unknownSent += 1;
    this.#wire.write(writer.write(cmd, payload));
  }
}
