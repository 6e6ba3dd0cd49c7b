import { BlockList, isIPv4 } from "node:net";

/** Private, link-local and loopback addresses. Sources: RFC 1918, RFC 3927, RFC 4193, RFC 4291. */
const NEAR = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["127.0.0.0", 8],
] as const) {
  NEAR.addSubnet(network, prefix, "ipv4");
}
NEAR.addSubnet("fc00::", 7, "ipv6");
NEAR.addAddress("::1", "ipv6");

/** Whether an address is on the local network. A link-local address of IPv6 is left out: it says nothing without its interface. */
export function isNear(address: string): boolean {
  return NEAR.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
