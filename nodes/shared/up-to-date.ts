import type { Node } from "node-red";
import { SpotifyError } from "../../src";
import type { Migrated } from "./migration";

/** The properties that a node runs with. Warns once if a later version of this package made them. */
export function upToDate<Stored extends object>(
  node: Node,
  { properties, isNewer }: Migrated<Stored>,
): Stored {
  if (isNewer) node.warn(madeByNewer().message);
  return properties;
}

/** What there is to say of a node that a later version made. */
export function madeByNewer(): SpotifyError {
  return new SpotifyError(
    "INVALID_ARGUMENT",
    "A newer version of node-red-contrib-spotify-session made this node. It runs as far as this version understands it: " +
      "update the package.",
  );
}
