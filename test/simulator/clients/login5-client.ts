/** A minimal client of Login5 and of the client token service: each request is what a test says. */
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  ClientTokenRequestSchema,
  ClientTokenRequestType,
  ClientTokenResponseSchema,
  type ClientTokenResponse,
} from "../../../src/proto/gen/clienttoken_pb";
import {
  type ChallengeSolutionsSchema,
  LoginRequestSchema,
  LoginResponseSchema,
  type LoginResponse,
} from "../../../src/proto/gen/login5_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import type { Account, Simulator } from "../index";

export const DEVICE_ID = "0123456789abcdef0123456789abcdef01234567";
export const ACCEPT = { accept: "application/x-protobuf" };

export type ClientTokenRequestInit = MessageInitShape<typeof ClientTokenRequestSchema>;
export interface LoginRequestInit {
  clientInfo?: { clientId: string; deviceId: string };
  loginContext?: Uint8Array;
  challengeSolutions?: MessageInitShape<typeof ChallengeSolutionsSchema>;
  loginMethod?: { case: "storedCredential"; value: { username: string; data: Uint8Array } };
}

interface ClientDataOptions {
  clientId?: string;
  deviceId?: string;
  clientVersion?: string;
  hasPlatform?: boolean;
}

/** A request for a client token, with some valid fields replaced. */
export function clientDataRequest({
  clientId = CLIENT_IDS.keymaster,
  deviceId = DEVICE_ID,
  clientVersion = "1.2.52.442",
  hasPlatform = true,
}: ClientDataOptions = {}): ClientTokenRequestInit {
  const desktopLinux = { systemName: "Linux", systemRelease: "6.1", systemVersion: "0", hardware: "x86_64" };
  const platformSpecificData = hasPlatform
    ? { data: { case: "desktopLinux" as const, value: desktopLinux } }
    : {};
  return {
    requestType: ClientTokenRequestType.REQUEST_CLIENT_DATA_REQUEST,
    request: {
      case: "clientData",
      value: {
        clientId,
        clientVersion,
        data: { case: "connectivitySdkData", value: { deviceId, platformSpecificData } },
      },
    },
  };
}

/** Requests a client token from the service: the bare answer. */
export function postClientToken(
  simulator: Simulator,
  request: ClientTokenRequestInit = clientDataRequest(),
  headers: Record<string, string> = ACCEPT,
): Promise<Response> {
  const body = toBinary(ClientTokenRequestSchema, create(ClientTokenRequestSchema, request));
  return post(`${simulator.endpoints.clientToken}/v1/clienttoken`, body, headers);
}

export async function askClientToken(
  simulator: Simulator,
  request?: ClientTokenRequestInit,
): Promise<ClientTokenResponse> {
  const response = await postClientToken(simulator, request);
  return fromBinary(ClientTokenResponseSchema, await bytesOf(response));
}

/** A client token that was granted. @throws Error if there is none */
export async function clientToken(simulator: Simulator): Promise<string> {
  const { response } = await askClientToken(simulator);
  if (response.case !== "grantedToken") throw new Error("There is no client token");
  return response.value.token;
}

interface LoginOptions {
  clientId?: string;
  deviceId?: string;
  username?: string;
  data?: Uint8Array;
}

/** A login with an account's stored credential, with some valid fields replaced. */
export function loginRequest(
  account: Account,
  {
    clientId = CLIENT_IDS.keymaster,
    deviceId = DEVICE_ID,
    username = account.username,
    data = account.storedCredential,
  }: LoginOptions = {},
): LoginRequestInit {
  return {
    clientInfo: { clientId, deviceId },
    loginMethod: { case: "storedCredential", value: { username, data } },
  };
}

/** Logs in: the bare answer. */
export function postLogin(
  simulator: Simulator,
  request: LoginRequestInit,
  headers: Record<string, string>,
): Promise<Response> {
  const body = toBinary(LoginRequestSchema, create(LoginRequestSchema, request));
  return post(`${simulator.endpoints.login5}/v3/login`, body, { ...ACCEPT, ...headers });
}

/** Logs in with a new client token. */
export async function logIn(simulator: Simulator, request: LoginRequestInit): Promise<LoginResponse> {
  const response = await postLogin(simulator, request, { "client-token": await clientToken(simulator) });
  return fromBinary(LoginResponseSchema, await bytesOf(response));
}

/** No content-type, because no existing client sends one. */
export function post(url: string, body: Uint8Array, headers: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: Buffer.from(body), headers });
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  if (response.status !== 200) throw new Error(`The answer is ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
