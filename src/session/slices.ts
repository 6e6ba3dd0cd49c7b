import { parseServers } from "../access-point/server-list";
import { parseGrants } from "../account/grant";
import { parseRememberedAccount } from "../account/remembered-account";
import { parseClientToken } from "../login5/held-client-token";
import type { StateKeeper } from "../store/keeper";
import type { Slice } from "../store/slice";
import type { SliceName } from "../store/slice-store";
import { parseKeymasterState } from "../tokens/keymaster-state";
import { parseDeviceId } from "./device-id";

/** Of a list whose owner checks each item. */
const MAX_ITEMS = 256;

/** What each slice of the state holds. A parser never throws: it leaves out what it cannot understand. */
export const PARSERS = {
  account: parseRememberedAccount,
  accessPoints: parseServers,
  clientToken: parseClientToken,
  connectPort: parsePort,
  deviceId: parseDeviceId,
  grants: parseGrants,
  keymaster: parseKeymasterState,
  rateLimits: parseList,
  refusals: parseList,
  signedOutOf: (value: unknown) => (typeof value === "string" ? value : undefined),
  tokens: parseList,
  webApi: parseList,
} satisfies Record<SliceName, (value: unknown) => unknown>;

export type Slices = { readonly [Name in SliceName]: Slice<ReturnType<(typeof PARSERS)[Name]>> };

export function openSlices(state: StateKeeper): Slices {
  const names = Object.keys(PARSERS) as SliceName[];
  return Object.fromEntries(names.map((name) => [name, state.slice<unknown>(name, PARSERS[name])])) as Slices;
}

function parseList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
}

function parsePort(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535 ? Number(value) : undefined;
}
