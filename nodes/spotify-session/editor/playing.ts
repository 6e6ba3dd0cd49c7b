/** What the runtime tells of what an account plays. Pure. */
import { isRecord } from "../../shared/editor/record";

/** The answer of `GET spotify-session/<id>/playing`. */
export interface Playing {
  status: "playing" | "paused" | "idle";
  title: string;
  artist: string;
  /** Of a picture of Spotify's; empty if there is none. */
  image: string;
  /** Its name; empty if no device is active. */
  device: string;
}

/** A device in the answer of `GET spotify-session/<id>/devices`. */
export interface ShownDevice {
  name: string;
  isActive: boolean;
  isAsleep: boolean;
}

/** Where Spotify keeps its pictures. No other address is shown, because the browser would tell it who looks. */
const PICTURE = /^https:\/\/([\w-]+\.)*(scdn\.co|spotifycdn\.com)\//;
/** So many devices are shown. */
const MOST_DEVICES = 30;

/** Undefined if nothing is known. */
export function readPlaying(answer: unknown): Playing | undefined {
  const playing = isRecord(answer) ? answer["playing"] : undefined;
  if (!isRecord(playing)) return undefined;
  const { status, title, artist, image, device } = playing;
  return {
    status: status === "playing" || status === "paused" ? status : "idle",
    title: text(title),
    artist: text(artist),
    image: PICTURE.test(text(image)) ? text(image) : "",
    device: isRecord(device) ? text(device["name"]) : "",
  };
}

export function readDevices(answer: unknown): ShownDevice[] {
  if (!Array.isArray(answer)) return [];
  return answer
    .filter(isRecord)
    .map(({ name, isActive, isAsleep }) => ({
      name: text(name),
      isActive: isActive === true,
      isAsleep: isAsleep === true,
    }))
    .filter(({ name }) => name !== "")
    .slice(0, MOST_DEVICES);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
