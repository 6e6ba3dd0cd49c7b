/** A moment as a person would say it. Pure. */
import { timeText } from "../time-text";

/** The time of day, with `yesterday`, `tomorrow` or the date before it if it is not today. */
export function momentText(time: number, now: number, locale: string | undefined): string {
  const days = daysBetween(now, time);
  if (Math.abs(days) !== 1) return timeText(time, now, locale);
  const day = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
  return `${day} ${timeText(time, time, locale)}`;
}

/** The month of a day (`YYYY-MM-DD`), as a person would say it. */
export function monthText(date: string, locale: string | undefined): string {
  const format = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(Date.parse(date));
}

/** By the calendar: from 23:59 to 00:01 it is one. */
function daysBetween(from: number, to: number): number {
  const noonOf = (time: number): number => new Date(time).setHours(12, 0, 0, 0);
  return Math.round((noonOf(to) - noonOf(from)) / 86_400_000);
}
