import type * as Ciao from "@homebridge/ciao";
import type { Responder } from "@homebridge/ciao";

export type { CiaoService, Responder } from "@homebridge/ciao";

/** The part of ciao's network manager that is patched here. It is not in ciao's public interface. */
interface NetworkManager {
  currentInterfaces: unknown;
  getCurrentNetworkInterfaces: () => Promise<unknown>;
}

/** A responder on these network interfaces, with sockets of its own that no other user of ciao in this process shares. */
export function openResponder(interfaces: string[]): Responder {
  const responder = loadCiao().getResponder({
    interface: interfaces,
    advertiseIpv6: true,
    // These are the defaults. ciao shares a responder between callers with the same options, and few callers name them.
    periodicBroadcasts: false,
    ignoreUnicastResponseFlag: false,
  });
  keepFromEndingTheProcess(responder);
  return responder;
}

/**
 * ciao lists the interfaces every 15 s and does not handle a failure: if the loopback interface is down, or the system
 * forbids the list, the unhandled rejection ends Node-RED. With this patch, ciao keeps the interfaces that it knows.
 */
function keepFromEndingTheProcess(responder: Responder): void {
  const { server } = responder as unknown as { server?: { networkManager?: Partial<NetworkManager> } };
  const manager = server?.networkManager;
  const list = manager?.getCurrentNetworkInterfaces?.bind(manager);
  if (list) manager!.getCurrentNetworkInterfaces = () => list().catch(() => manager!.currentInterfaces);
}

/**
 * Loads the mDNS library at its first use, because that takes 40 ms, and most sessions are not visible on the LAN.
 *
 * The library loads source-map-support, which intercepts uncaught exceptions and rewrites all stack traces of the process.
 * Both are restored here.
 */
export function loadCiao(): typeof Ciao {
  const emit = Object.getOwnPropertyDescriptor(process, "emit");
  const prepareStackTrace = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  try {
    // A synchronous call, so that no other code runs meanwhile.
    return require("@homebridge/ciao") as typeof Ciao;
  } finally {
    restore(process, "emit", emit);
    restore(Error, "prepareStackTrace", prepareStackTrace);
  }
}

function restore(object: object, name: string, before: PropertyDescriptor | undefined): void {
  if (before) Object.defineProperty(object, name, before);
  else Reflect.deleteProperty(object, name);
}
