import type * as Ciao from "@homebridge/ciao";
import type { Responder } from "@homebridge/ciao";

export type { CiaoService, Responder } from "@homebridge/ciao";

/** The part of ciao's network manager that is put right here; not of its public interface. */
interface NetworkManager {
  currentInterfaces: unknown;
  getCurrentNetworkInterfaces: () => Promise<unknown>;
}

/** A responder on these network interfaces, with its own sockets, that no other user of ciao in this process has. */
export function openResponder(interfaces: string[]): Responder {
  const responder = loadCiao().getResponder({
    interface: interfaces,
    advertiseIpv6: true,
    // The defaults, said so that nobody else asks for the same and shares it.
    periodicBroadcasts: false,
    ignoreUnicastResponseFlag: false,
  });
  keepFromEndingTheProcess(responder);
  return responder;
}

/**
 * Each 15 s ciao lists the interfaces, and does not expect that to fail: where the loopback interface is down, or the
 * system forbids it, the rejection that nobody handles ends Node-RED. So it goes on with those that it knew.
 */
function keepFromEndingTheProcess(responder: Responder): void {
  const { server } = responder as unknown as { server?: { networkManager?: Partial<NetworkManager> } };
  const manager = server?.networkManager;
  const list = manager?.getCurrentNetworkInterfaces?.bind(manager);
  if (list) manager!.getCurrentNetworkInterfaces = () => list().catch(() => manager!.currentInterfaces);
}

/**
 * Loads the mDNS library with its first use: it takes 40 ms, and most sessions are not visible on the LAN.
 *
 * It brings source-map-support along, which puts itself between the process and its uncaught exceptions and writes all
 * stack traces anew. Both belong to whoever runs the process, and are put back.
 */
export function loadCiao(): typeof Ciao {
  const emit = Object.getOwnPropertyDescriptor(process, "emit");
  const prepareStackTrace = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  try {
    // As a call, so that nothing else runs in between.
    return require("@homebridge/ciao") as typeof Ciao;
  } finally {
    putBack(process, "emit", emit);
    putBack(Error, "prepareStackTrace", prepareStackTrace);
  }
}

function putBack(object: object, name: string, before: PropertyDescriptor | undefined): void {
  if (before) Object.defineProperty(object, name, before);
  else Reflect.deleteProperty(object, name);
}
