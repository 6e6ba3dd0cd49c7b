/** The official app in the control interface: one phone for each account and client, created when it is first named. */
import type { Account } from "../world/accounts";
import type { Simulator } from "../index";
import type { OfficialApp } from "./official-app";
import { clusterJson } from "../connect-state/cluster-json";
import { CLIENT_IDS } from "../../../src/core/knowledge";

/** The fields of an order; each may be absent. */
export type Fields = Record<string, unknown>;

const DEFAULT_CLIENT = "android";
const MAX_PHONES = 100;

export class Phones {
  readonly #simulator: Simulator;
  readonly #phones = new Map<string, OfficialApp>();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** @returns the phone */
  async takeOver(fields: Fields): Promise<object> {
    const via = textOf(fields, "via") ?? "cluster";
    if (via !== "frames" && via !== "cluster") throw new Error("via: frames, cluster");
    const on = textOf(fields, "on");
    const phone = this.#phone(fields);
    await phone.takeOver({ via, ...(on !== undefined && { on }) });
    return describe(phone);
  }

  async leave(fields: Fields): Promise<object> {
    const phone = this.#phone(fields);
    await phone.leave();
    return describe(phone);
  }

  /** @returns the device's answer, and its address */
  async tap(fields: Fields): Promise<object> {
    const phone = this.#phone(fields);
    const given = textOf(fields, "address");
    const deviceName = textOf(fields, "deviceName");
    const found =
      given === undefined && (await phone.discover(deviceName === undefined ? {} : { deviceName }));
    const address = found === false ? (given ?? "") : found.address;
    return { address, answer: (await phone.tap(address)).fields };
  }

  /** @returns the device's reply */
  async command(fields: Fields): Promise<object> {
    const phone = this.#phone(fields);
    return phone.command(textOf(fields, "deviceId") ?? "", textOf(fields, "endpoint") ?? "pause");
  }

  /** The cluster of an account. */
  cluster(username: string): object {
    return clusterJson(this.#simulator.clusterOf(this.#account(username)).toMessage());
  }

  /** @throws Error for an unknown account or client */
  #phone(fields: Fields): OfficialApp {
    const account = this.#account(textOf(fields, "account"));
    const client = textOf(fields, "client") ?? DEFAULT_CLIENT;
    const clientId = Object.entries(CLIENT_IDS).find(([name]) => name === client)?.[1] ?? client;
    if (!/^[0-9a-f]{32}$/.test(clientId)) {
      throw new Error(`client: ${Object.keys(CLIENT_IDS).join(", ")}, or 32 hex digits`);
    }
    const key = `${clientId} ${account.username}`;
    const phone = this.#phones.get(key) ?? this.#newPhone(account, client, clientId, textOf(fields, "name"));
    this.#phones.set(key, phone);
    return phone;
  }

  #newPhone(account: Account, client: string, clientId: string, name?: string): OfficialApp {
    if (this.#phones.size >= MAX_PHONES) throw new Error("There are too many phones");
    const model = client === clientId ? "App" : client;
    return this.#simulator.officialApp(account, { clientId, model, ...(name !== undefined && { name }) });
  }

  /** @param username by default the first account's */
  #account(username?: string): Account {
    const { accounts } = this.#simulator;
    const account = username === undefined ? accounts.all()[0] : accounts.get(username);
    if (account === undefined) throw new Error("There is no such account");
    return account;
  }
}

function describe({ name, deviceId, clientId }: OfficialApp): object {
  return { name, deviceId, clientId };
}

/** @throws Error if it is present and not a string */
function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === "string") return value;
  throw new Error(`${name}: a text`);
}
