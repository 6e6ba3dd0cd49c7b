import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIPv6, type Socket } from "node:net";
import { addAbortSignal, type Duplex } from "node:stream";
import { endingWith } from "../async/ending-with";
import { Deadline } from "../async/deadline";
import { SpotifyError } from "../core/errors";
import type { Proxy } from "./proxy";
import { openTunnel } from "./tunnel";

/** Connections to one server. */
const MAX_CONNECTIONS = 4;
/** ms until a connection must be open. */
const CONNECT_TIMEOUT = 10_000;
/** ms that an unused connection is kept. Servers close theirs after 5 s and more. */
const IDLE_TIMEOUT = 4_000;

interface Target {
  host: string;
  port: number;
}

/** Node's method, with the callback that a connection which takes more than one turn is given to. */
interface Connecting {
  createConnection(
    target: Target & { socket?: Duplex },
    created: (error: Error | null, socket?: Duplex) => void,
  ): Duplex | undefined;
}

/**
 * Keeps connections for `http:` or `https:`, each through the proxy if there is one.
 * @param closing ends every connection
 */
export function makeAgent(protocol: string, proxy: Proxy | undefined, closing: AbortSignal): HttpAgent {
  const isEncrypted = protocol === "https:";
  const agent = new (isEncrypted ? HttpsAgent : HttpAgent)({
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS,
    timeout: IDLE_TIMEOUT,
  });
  const connecting = agent as unknown as Connecting;
  const connect = connecting.createConnection.bind(agent);
  connecting.createConnection = (target, created) => {
    // A destroyed socket would make Node ask for the next one, without end.
    if (closing.aborted) {
      created(closing.reason as Error);
      return undefined;
    }
    const late = new Deadline(CONNECT_TIMEOUT, () => unreachable(target.host));
    const { signal, clear: unfollow } = endingWith(closing, late.signal);
    const clear = (): void => late.clear();
    const forget = (): void => {
      late.clear();
      unfollow();
    };
    const opened = (tunnel?: Socket): Duplex => {
      const socket = connect({ ...target, socket: tunnel }, created)!;
      // A connection that ends before a request owns it crashes nothing.
      socket.on("error", () => undefined);
      socket.once(isEncrypted ? "secureConnect" : "connect", clear).once("close", forget);
      return addAbortSignal(signal, socket);
    };
    if (!proxy) return opened();
    openTunnel(proxy, addressOf(target), signal)
      .then((tunnel) => {
        if (isEncrypted) return opened(tunnel);
        forget();
        // HTTP does not resume a paused socket.
        return addAbortSignal(closing, tunnel.resume());
      })
      .then(
        (socket) => created(null, socket),
        (error: Error) => {
          forget();
          created(error);
        },
      );
    return undefined;
  };
  return agent;
}

function addressOf({ host, port }: Target): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function unreachable(host: string): SpotifyError {
  return new SpotifyError("UNREACHABLE", `${host} cannot be reached.`);
}
