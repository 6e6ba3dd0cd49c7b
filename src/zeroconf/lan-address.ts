import { BlockList } from "node:net";
import { isNear } from "./receivers/near";

/** Link-local addresses of IPv6. Source: RFC 4291, 2.5.6. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");

/** Whether an address is in a private network, on the same link, or on this machine. */
export function isOnLan(address: string): boolean {
  // A link-local address names its interface.
  const plain = address.replace(/%.*$/, "");
  return isNear(plain) || (plain.includes(":") && LINK_LOCAL.check(plain, "ipv6"));
}
