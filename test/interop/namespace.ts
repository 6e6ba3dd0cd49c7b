/** A network and a mount namespace in which Spotify's names lead to this machine. No other process is affected. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ADDRESSES } from "./real-hosts";

const UNSHARE = ["-rnm", "--"];
/** The address of this machine on its private local network: mDNS needs an address that is not loopback. */
const LAN_ADDRESS = "192.168.77.1";

/**
 * Starts the networks, replaces the machine's hosts file, and runs the program.
 * $1 is the hosts file; the other arguments are the program.
 */
const ENTER = `
set -e
ip link set lo up
ip link add lan0 type veth peer name lan1
ip addr add ${LAN_ADDRESS}/24 dev lan0
ip link set lan1 up
ip link set lan0 up
ip route add 224.0.0.0/4 dev lan0
mount --bind "$1" /etc/hosts
shift
exec "$@"`;

/** @returns why such a namespace cannot be created here; undefined if it can */
export async function whyNoNamespace(folder: string): Promise<string | undefined> {
  try {
    await inNamespace(folder, [process.execPath, "--version"], () => {});
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    return `no namespace with names of its own: ${said}`;
  }
}

/**
 * Runs a program in the namespace.
 * @param folder for the hosts file
 * @param hear called with each line of its stdout
 * @throws Error if it fails
 */
export async function inNamespace(
  folder: string,
  program: readonly string[],
  hear: (line: string) => void,
): Promise<void> {
  const hosts = join(folder, "hosts");
  await writeFile(hosts, hostsFile());
  const args = [...UNSHARE, "sh", "-c", ENTER, "sh", hosts, ...program];
  const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  createInterface(child.stdout).on("line", hear);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(said === "" ? `it ended with ${code}` : said);
}

function hostsFile(): string {
  const lines = Object.entries(ADDRESSES).map(([address, names]) => `${address} ${names.join(" ")}`);
  return ["127.0.0.1 localhost", ...lines, `${LAN_ADDRESS} ${hostname()}`, ""].join("\n");
}
