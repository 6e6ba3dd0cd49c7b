/** A time of day, with its date unless it is of the same day as `now`. Pure. @param time ms since the epoch */
export function timeText(time: number, now: number, locale: string | undefined): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const options: Intl.DateTimeFormatOptions = sameDay ? clock : { day: "numeric", month: "short", ...clock };
  return new Intl.DateTimeFormat(locale, options).format(time);
}
