/** What the runtime tells of what an account plays. Pure. */
import { isRecord } from "../../shared/editor/record";
import type { ToldError } from "./failure-text";
import { errorOf } from "./sign-in/answers";

/** The answer of `GET spotify-session/<id>/playing`. */
export interface Playing {
  /** null if it is not known. */
  state: ShownState | null;
  devices: ShownDevice[];
  /** What keeps Node-RED from knowing what plays now. */
  problem: ToldError | null;
}

/** Texts are empty if they are not known. */
export interface ShownState {
  status: "playing" | "paused" | "idle";
  title: string;
  artist: string;
  album: string;
  /** Of a picture of Spotify's. */
  image: string;
  /** null if no device is active. */
  device: { name: string; type: string; isPrivate: boolean } | null;
}

export interface ShownDevice {
  name: string;
  type: string;
  isActive: boolean;
  isAsleep: boolean;
}

/** Where Spotify keeps its pictures. No other address is shown, because the browser would tell it who looks. */
const PICTURE = /^https:\/\/([\w-]+\.)*(scdn\.co|spotifycdn\.com)\//;
/** So many devices are shown. */
const MOST_DEVICES = 30;
/** The panel above says it already, and nothing plays here without a sign-in. */
const NOT_SIGNED_IN: ReadonlySet<string> = new Set([
  "NOT_SIGNED_IN",
  "SIGN_IN_EXPIRED",
  "BAD_CREDENTIALS",
  "CLOSED",
]);

/** Undefined if there is nothing to show. */
export function readPlaying(answer: unknown): Playing | undefined {
  if (!isRecord(answer)) return undefined;
  const state = readState(answer["state"]);
  const problem = isRecord(answer["problem"]) ? errorOf({ error: answer["problem"] }) : null;
  if (!state && (!problem || NOT_SIGNED_IN.has(problem.code))) return undefined;
  return { state, devices: readDevices(answer["devices"]), problem };
}

function readState(state: unknown): ShownState | null {
  if (!isRecord(state)) return null;
  const { status, title, artist, album, image, device } = state;
  return {
    status: status === "playing" || status === "paused" ? status : "idle",
    title: text(title),
    artist: text(artist),
    album: text(album),
    image: PICTURE.test(text(image)) ? text(image) : "",
    device: isRecord(device)
      ? { name: text(device["name"]), type: text(device["type"]), isPrivate: device["isPrivate"] === true }
      : null,
  };
}

function readDevices(devices: unknown): ShownDevice[] {
  if (!Array.isArray(devices)) return [];
  return devices
    .filter(isRecord)
    .map(({ name, type, isActive, isAsleep }) => ({
      name: text(name),
      type: text(type),
      isActive: isActive === true,
      isAsleep: isAsleep === true,
    }))
    .filter(({ name }) => name !== "")
    .slice(0, MOST_DEVICES);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
