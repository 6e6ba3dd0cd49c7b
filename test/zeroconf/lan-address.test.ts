import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { isOnLan } from "../../src/zeroconf/lan-address";

const common = { netmask: "", mac: "", internal: false, cidr: null };
const INTERFACES: Record<string, NetworkInterfaceInfo[]> = {
  lo: [
    { ...common, family: "IPv4", address: "127.0.0.1", internal: true },
    { ...common, family: "IPv6", address: "::1", internal: true, scopeid: 0 },
  ],
  eth0: [
    { ...common, family: "IPv4", address: "198.51.100.7" },
    { ...common, family: "IPv6", address: "2001:db8:1:2:3:4:5:6", scopeid: 0 },
    { ...common, family: "IPv6", address: "fe80::1", scopeid: 2 },
    // An interface that also has an address of IPv4 in the form of IPv6.
    { ...common, family: "IPv6", address: "::ffff:198.51.100.7", scopeid: 0 },
  ],
};

describe("The local network, whose apps the device answers,", () => {
  for (const address of [
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.178.20",
    "169.254.1.1",
    "::ffff:192.168.178.20",
    "fe80::1234%eth0",
    "fd12:3456::1",
    "2001:db8:1:2::99",
  ]) {
    it(`has ${address}`, () => assert.equal(isOnLan(address, INTERFACES), true));
  }

  for (const address of [
    "203.0.113.9",
    "198.51.100.8",
    "172.32.0.1",
    "::ffff:203.0.113.9",
    "::ffff:cb00:7109",
    "2001:db8::1",
    "2001:db8:1:3::99",
    "2a02:908:1:2::5",
    "not an address",
  ]) {
    it(`does not have ${address}`, () => assert.equal(isOnLan(address, INTERFACES), false));
  }
});
