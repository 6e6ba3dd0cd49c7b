/**
 * The control interface of the stand-alone simulator: the methods of the object, over HTTP with JSON.
 *
 * It gives credentials to and takes orders from every client that can reach the port, so it listens on loopback only,
 * and wants `content-type: application/json` for every order: no web page can send that without a preflight.
 */
import type { AccountOptions, KeymasterMood, Login5Mood } from "./world/accounts";
import type { AppOptions } from "./world/apps";
import { Phones } from "./official-app/control-phones";
import { noFaults } from "./faults";
import { HttpService, type HttpAnswer, type HttpRequest } from "./http";
import { orderPhone } from "./phone/phone-orders";
import { phonePage } from "./phone/phone-page";
import { phoneView } from "./phone/phone-view";
import type { App, Simulator } from "./index";

type Fields = Record<string, unknown>;

interface Order {
  fields: Fields;
  /** The last part of the path, if the route ends in `:name`. */
  name: string;
}

/** An order that cannot be carried out: 400 with this message. */
class BadOrder extends Error {}

const DONE: HttpAnswer = { status: 204 };
const MOODS: readonly KeymasterMood[] = ["allowed", "refused", "refused-once"];
const LOGIN5_MOODS: readonly Login5Mood[] = ["ok", "refused"];

/** @param about what `GET /` returns besides the numbers. */
export function startControl(simulator: Simulator, about: object, port: number): Promise<HttpService> {
  const phones = new Phones(simulator);
  const routes: Record<string, (order: Order) => HttpAnswer | Promise<HttpAnswer>> = {
    "GET /": () => json({ ...about, stats: simulator.stats }),
    "GET /faults": () => json(simulator.faults),
    "GET /policy": () => json(simulator.policy),
    "GET /tokens": () => json(simulator.issuedTokens),
    /** Changes the named faults; `{}` switches all off. */
    "POST /faults": ({ fields }) => {
      const known = noFaults();
      merge(simulator.faults, Object.keys(fields).length === 0 ? { ...known } : fields, Object.keys(known));
      return json(simulator.faults);
    },
    "POST /policy": ({ fields }) => {
      merge(simulator.policy, fields, Object.keys(simulator.policy));
      return json(simulator.policy);
    },
    "POST /accounts": ({ fields }) => {
      const account = simulator.addAccount(accountOptions(fields));
      return json({ username: account.username, credentials: account.credentialsJson });
    },
    "POST /accounts/:name": ({ fields, name }) => {
      const account = accountOf(simulator, name);
      const { premium, keymaster, login5 } = accountOptions(fields);
      if (premium !== undefined) account.premium = premium;
      if (keymaster !== undefined) account.keymaster = keymaster;
      if (login5 !== undefined) account.login5 = login5;
      if (fields["invalidateCredentials"] === true) account.invalidateCredentials();
      return json({ username: account.username, credentials: account.credentialsJson });
    },
    "POST /access-token/:name": ({ name }) => json({ accessToken: accountOf(simulator, name).accessToken() }),
    /** `{"device": null}` switches all devices off, `{"device": "<id>"}` makes one the active one. */
    "POST /player/:name": ({ fields, name }) => {
      const { playback } = accountOf(simulator, name);
      const wanted = fields["device"];
      const device = playback.devices.find(({ id }) => id === wanted);
      if (wanted === null) playback.stop();
      else if (device !== undefined) playback.transfer(device);
      else if (wanted !== undefined) throw new BadOrder("There is no such device");
      if (fields["playing"] === true) playback.resume();
      if (fields["playing"] === false) playback.pause();
      return DONE;
    },
    "POST /revoke": ({ fields }) => json({ revoked: simulator.revoke(String(fields["accessToken"])) }),
    /** `{"redirectUris": […], "clientId"?, "name"?, "owner"?: username, "allowedScopes"?: […]}` */
    "POST /apps": async ({ fields }) =>
      json(describeApp(await attempt(() => simulator.addApp(appOptions(simulator, fields))))),
    "GET /grants": () => json(simulator.grants),
    /** `{"url": …, "account": username}`: the user agrees. The answer has the address for the browser. */
    "POST /approve": async ({ fields }) => {
      const account = accountOf(simulator, textOf(fields, "account"));
      return json({ redirect: await attempt(() => simulator.approve(textOf(fields, "url"), account)) });
    },
    "POST /refuse": async ({ fields }) =>
      json({ redirect: await attempt(() => simulator.refuse(textOf(fields, "url"))) }),
    "POST /pair": async ({ fields }) => {
      const account = accountOf(simulator, textOf(fields, "account"));
      return done(await attempt(() => simulator.pair(textOf(fields, "userCode"), account)));
    },
    "POST /refuse-pairing": async ({ fields }) =>
      done(await attempt(() => simulator.refusePairing(textOf(fields, "userCode")))),
    /** The account that is signed in in the browser. */
    "POST /browser-account": ({ fields }) => {
      simulator.browserAccount = accountOf(simulator, textOf(fields, "account"));
      return DONE;
    },
    /** `{"refreshToken": …}` or `{"account": username}` */
    "POST /revoke-grant": ({ fields }) => {
      const token = fields["refreshToken"];
      const which = typeof token === "string" ? token : accountOf(simulator, textOf(fields, "account"));
      return json({ revoked: simulator.revokeGrant(which) });
    },
    // The official app. All take `{"account"?: username, "client"?: "android" | "ios" | "keymaster" | 32 hex digits}`.
    /** `{"via"?: "cluster" | "frames", "on"?: device ID, "name"?}` */
    "POST /take-over": async ({ fields }) => json(await attempt(() => phones.takeOver(fields))),
    "POST /leave": async ({ fields }) => json(await attempt(() => phones.leave(fields))),
    /** `{"address": URL}`, or `{"deviceName"?}` of a device of this machine, which is searched by mDNS */
    "POST /tap": async ({ fields }) => json(await attempt(() => phones.tap(fields))),
    /** `{"deviceId", "endpoint"?}` */
    "POST /command": async ({ fields }) => json(await attempt(() => phones.command(fields))),
    "GET /cluster/:name": async ({ name }) => json(await attempt(() => phones.cluster(name))),
    /** A page to press play and pause on; of the first account, or with `?account=…` of another one. */
    "GET /phone": () => phonePage(simulator.accounts.all()[0]?.username ?? ""),
    "GET /phone/:name": ({ name }) => json(phoneView(simulator, accountOf(simulator, name))),
    /** `{"action": "play" | "pause" | "next" | "seek" | …, "value"?}`; the answer has the playback after that. */
    "POST /phone/:name": async ({ fields, name }) => {
      const account = accountOf(simulator, name);
      await attempt(() => orderPhone(account, fields["action"], fields["value"]));
      return json(phoneView(simulator, account));
    },
    "POST /drop-dealer": () => done(simulator.dealer.drop()),
    "POST /drop": () => done(simulator.dropAll()),
    "POST /stop": async () => done(await simulator.stopAccessPoints()),
    "POST /start": async () => done(await simulator.startAccessPoints()),
  };

  return HttpService.start(
    async (request) => {
      try {
        return await answer(request, routes);
      } catch (error) {
        if (error instanceof BadOrder) return { status: 400, body: { error: error.message } };
        throw error;
      }
    },
    0,
    port,
  );
}

function answer(
  request: HttpRequest,
  routes: Record<string, (order: Order) => HttpAnswer | Promise<HttpAnswer>>,
): HttpAnswer | Promise<HttpAnswer> {
  const { method, url } = request;
  const exact = routes[`${method} ${url.pathname}`];
  const [, parent = "", name = ""] = /^(\/[^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  const route = exact ?? routes[`${method} ${parent}/:name`];
  if (route === undefined) return { status: 404, body: { routes: Object.keys(routes) } };
  const fields = method === "GET" ? {} : readFields(request);
  return route({ fields, name: decodeURIComponent(name) });
}

function readFields(request: HttpRequest): Fields {
  if (request.headers["content-type"]?.split(";")[0] !== "application/json") {
    throw new BadOrder("Orders are application/json");
  }
  try {
    const value: unknown = JSON.parse(request.body === "" ? "{}" : request.body);
    if (isFields(value)) return value;
  } catch {
    // Reported below.
  }
  throw new BadOrder("An order is a JSON object");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets the given fields. Their values are not checked, as in a test. */
function merge(target: object, fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new BadOrder(`Unknown: ${unknown.join(", ")}. Known: ${known.join(", ")}`);
  Object.assign(target, fields);
}

function accountOptions({ username, premium, ...fields }: Fields): AccountOptions {
  const keymaster = moodOf(MOODS, fields, "keymaster");
  const login5 = moodOf(LOGIN5_MOODS, fields, "login5");
  return {
    ...(typeof username === "string" && { username }),
    ...(typeof premium === "boolean" && { premium }),
    ...(keymaster !== undefined && { keymaster }),
    ...(login5 !== undefined && { login5 }),
  };
}

function moodOf<T extends string>(moods: readonly T[], fields: Fields, name: string): T | undefined {
  const mood = moods.find((one) => one === fields[name]);
  if (fields[name] !== undefined && mood === undefined) throw new BadOrder(`${name}: ${moods.join(", ")}`);
  return mood;
}

function appOptions(simulator: Simulator, fields: Fields): AppOptions {
  const { clientId, name, owner } = fields;
  const redirectUris = textsOf(fields, "redirectUris");
  const allowedScopes = textsOf(fields, "allowedScopes");
  return {
    ...(typeof clientId === "string" && { clientId }),
    ...(typeof name === "string" && { name }),
    ...(typeof owner === "string" && { owner: accountOf(simulator, owner) }),
    ...(redirectUris !== undefined && { redirectUris }),
    ...(allowedScopes !== undefined && { allowedScopes }),
  };
}

function describeApp({ clientId, name, redirectUris }: App): object {
  return { clientId, name, redirectUris };
}

function textsOf(fields: Fields, name: string): string[] | undefined {
  const value: unknown = fields[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new BadOrder(`${name}: a list of texts`);
  return value.map(String);
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw new BadOrder(`${name}: a text`);
}

/** An error of the simulator means a bad order. */
async function attempt<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new BadOrder(error instanceof Error ? error.message : String(error));
  }
}

function accountOf(simulator: Simulator, name: string): ReturnType<Simulator["addAccount"]> {
  const account = simulator.accounts.get(name);
  if (account === undefined) throw new BadOrder("There is no such account");
  return account;
}

function json(body: object): HttpAnswer {
  return { status: 200, body };
}

function done(_nothing: void): HttpAnswer {
  return DONE;
}
