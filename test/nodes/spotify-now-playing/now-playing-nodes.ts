import type { Definition } from "../support/flow";

/** Nodes n0, n1, … as new nodes with the given properties, and a recorder r0, r1, … after each. */
export function nowPlayingNodes(properties: Record<string, unknown>[], firstIndex = 0): Definition[] {
  const place = { z: "tab", x: 0, y: 0 };
  return properties.flatMap((one, i) => {
    const index = firstIndex + i;
    return [
      {
        id: `n${index}`,
        type: "spotify-now-playing",
        ...place,
        session: "session",
        events: ["track", "playback", "device"],
        atStart: true,
        tick: 0,
        version: 1,
        wires: [[`r${index}`]],
        ...one,
      },
      { id: `r${index}`, type: "recorder", ...place },
    ];
  });
}
