import { SpotifyError } from "../core/errors";
import type { Amount } from "./command";

/** A day, ms. */
const LONGEST = 86_400_000;

/**
 * A position: ms, `1:30`, `1:02:03`, `90s`, or one of the last three with + or - before it.
 * @throws SpotifyError INVALID_ARGUMENT
 */
export function readPosition(value: unknown): Amount {
  if (typeof value === "number" && value >= 0 && value <= LONGEST) return { at: Math.round(value) };
  const text = typeof value === "string" ? value.replaceAll(/\s/g, "") : "";
  const [, sign, amount = ""] = /^([+\-\u2212]?)(\S+)$/.exec(text) ?? [];
  const ms = durationOf(amount);
  if (ms === undefined || ms > LONGEST) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      'A position is a number of milliseconds, a text such as "1:30", or how much further or back, such as "+10s" and "-10s".',
    );
  }
  if (sign === "") return { at: ms };
  return { by: sign === "+" ? ms : -ms };
}

/** `1:30`, `90s`, `1m30s`, or ms. */
function durationOf(text: string): number | undefined {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  const clock = /^(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)$/.exec(text);
  if (clock) return inMs(clock[1], clock[2], clock[3]);
  const words = /^(?:(\d{1,2})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,5}(?:\.\d{1,3})?)s)?$/i.exec(text);
  if (words && text !== "") return inMs(words[1], words[2], words[3]);
  const milliseconds = /^(\d{1,8})ms$/i.exec(text);
  return milliseconds ? Number(milliseconds[1]) : undefined;
}

function inMs(hours = "0", minutes = "0", seconds = "0"): number {
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}

/**
 * A volume in percent: 0 to 100, or how much more or less, such as `+5`.
 * @throws SpotifyError INVALID_ARGUMENT
 */
export function readVolume(value: unknown): Amount {
  const text = typeof value === "string" ? value.replaceAll(/[\s%]/g, "") : "";
  const [, sign, digits] = /^([+\-\u2212]?)(\d{1,3}(?:\.\d{1,6})?)$/.exec(text) ?? [];
  const percent = typeof value === "number" ? value : Number(digits);
  if (!(percent >= 0 && percent <= 100)) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      'A volume is a number from 0 to 100, or how much louder or quieter, such as "+5" and "-5".',
    );
  }
  if (!sign) return { at: percent };
  return { by: sign === "+" ? percent : -percent };
}
