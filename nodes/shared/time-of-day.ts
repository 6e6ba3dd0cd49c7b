/** `14:05`, by the clock of the machine that Node-RED runs on. @param time ms since the epoch */
export function timeOfDay(time: number): string {
  const date = new Date(time);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
