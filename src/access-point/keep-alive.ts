import { SpotifyError } from "../core/errors";
import type { AccessPointConnection } from "./connection";
import { PacketType, type Packet } from "./packet-types";

/** All in ms. Without a first ping within this time, the connection is dead. */
const FIRST_PING_LIMIT = 20_000;
/** From the server's ping to our pong. */
const PONG_DELAY = 60_000;
/** From our pong to its acknowledgement. */
const PONG_ACK_LIMIT = 20_000;
/** From an acknowledgement to the next ping: 60 s, and 20 s of grace. */
const NEXT_PING_LIMIT = 80_000;
const PONG_PAYLOAD = Buffer.alloc(4);

/**
 * Keeps a connection alive, and closes it when it goes silent: the server pings, 60 s later the client pongs, the server
 * acknowledges that, and 60 s later it pings again.
 *
 * Source: librespot core/src/session.rs, KeepAliveState.
 */
export class KeepAlive {
  readonly #connection: AccessPointConnection;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: AccessPointConnection) {
    this.#connection = connection;
    connection.on("packet", this.#onPacket);
    connection.on("close", this.#stop);
    this.#dieIn(FIRST_PING_LIMIT, "no ping");
  }

  readonly #onPacket = (packet: Packet): void => {
    if (packet.command === PacketType.Ping) {
      this.#connection.wasPinged = true;
      this.#after(PONG_DELAY, this.#pong);
    } else if (packet.command === PacketType.PongAck) this.#dieIn(NEXT_PING_LIMIT, "no ping");
  };

  readonly #pong = (): void => {
    try {
      this.#connection.send(PacketType.Pong, PONG_PAYLOAD);
      this.#dieIn(PONG_ACK_LIMIT, "no answer to a pong");
    } catch {
      // The connection has closed itself and said so.
    }
  };

  readonly #stop = (): void => {
    clearTimeout(this.#timer);
    this.#connection.off("packet", this.#onPacket);
  };

  #dieIn(delay: number, silence: string): void {
    this.#after(delay, () =>
      this.#connection.close(
        new SpotifyError("UNREACHABLE", `The connection to Spotify went silent (${silence} in time).`),
      ),
    );
  }

  #after(delay: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delay);
    this.#timer.unref();
  }
}
