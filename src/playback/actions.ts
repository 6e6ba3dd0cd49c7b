/** The actions, as messages and nodes name them. */
export const ACTIONS = [
  "play",
  "pause",
  "toggle",
  "next",
  "previous",
  "seek",
  "volume",
  "shuffle",
  "repeat",
  "transfer",
  "queue",
  "like",
  "unlike",
  "devices",
  "snapshot",
  "restore",
] as const;

export type Action = (typeof ACTIONS)[number];
