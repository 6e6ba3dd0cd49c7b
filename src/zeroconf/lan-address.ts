import { BlockList } from "node:net";
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { isNear } from "./receivers/near";

/** Link-local addresses of IPv6. Source: RFC 4291, 2.5.6. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");
/** IPv4 addresses as a server for both versions gives them. Source: RFC 4291, 2.5.5.2. */
const IPV4_MAPPED = new BlockList();
IPV4_MAPPED.addSubnet("::ffff:0:0", 96, "ipv6");
/** Length of the prefix that the addresses of one IPv6 network share. Source: RFC 4291, 2.5.4. */
const IPV6_NETWORK = 64;

/**
 * Whether an address is in a private network, on the same link, in an IPv6 network of this machine, or on this machine.
 * @param interfaces of this machine, as `os.networkInterfaces` gives them
 */
export function isOnLan(
  address: string,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): boolean {
  // A link-local address names its interface.
  const plain = address.replace(/%.*$/, "");
  if (isNear(plain)) return true;
  if (!plain.includes(":") || IPV4_MAPPED.check(plain, "ipv6")) return false;
  return LINK_LOCAL.check(plain, "ipv6") || networksOf(interfaces).check(plain, "ipv6");
}

/** In IPv6, a device in the home has a global address, under which this machine may be found as well. */
function networksOf(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): BlockList {
  const networks = new BlockList();
  const own = Object.values(interfaces).flatMap((addresses = []) => addresses);
  for (const { family, address, internal } of own) {
    if (family === "IPv6" && !internal) networks.addSubnet(address.replace(/%.*$/, ""), IPV6_NETWORK, "ipv6");
  }
  return networks;
}
