import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/core/errors";
import { isSharedStore, type SharedStore } from "../../src/store/shared-store";
import type { SliceName, SliceStore } from "../../src/store/slice-store";
import type { StateStore } from "../../src/store/store";
import type { SessionSettings } from "./settings";

/** How many slices a file may have that are taken over. */
const MAX_SLICES = 64;

/** The store that settings.js gives. @throws SpotifyError INVALID_ARGUMENT if the value is not a store */
export function sharedStore({
  settings,
}: Pick<NodeAPI<SessionSettings>, "settings">): SharedStore | undefined {
  const store: unknown = settings.spotifySessionStore;
  if (store === undefined || store === null) return undefined;
  if (isSharedStore(store)) return store;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "spotifySessionStore in settings.js is not a store: it has to be " +
      'require("node-red-contrib-spotify-session/redis")({ url: "redis://…" }).',
  );
}

/**
 * The shared store, into which the state that a file of this instance holds is moved first: of an account that was signed
 * in before it was shared. What the shared store has already stays as it is, and then the file stays, too.
 *
 * @param local the file @param before resolves when no other session uses the file
 */
export function movedIn(
  shared: SliceStore,
  local: StateStore & { delete?(): Promise<void> },
  before: Promise<void>,
): SliceStore {
  let moving: Promise<void> | undefined;
  const moved = (): Promise<void> => {
    moving ??= move(shared, local, before).catch((error: unknown) => {
      // The next read tries again.
      moving = undefined;
      throw error;
    });
    return moving;
  };
  return {
    isShared: true,
    location: shared.location,
    read: async (slice) => {
      await moved();
      return shared.read(slice);
    },
    compareAndSet: (slice, version, value) => shared.compareAndSet(slice, version, value),
    exclusive: (name, signal, action) => shared.exclusive(name, signal, action),
    watch: (listener) => shared.watch(listener),
    close: async () => shared.close?.(),
  };
}

async function move(
  shared: SliceStore,
  local: StateStore & { delete?(): Promise<void> },
  before: Promise<void>,
): Promise<void> {
  await before;
  const document = await local.load();
  // In a copy of a user directory, the original may still use what is there.
  if (local.copyId !== undefined) return;
  if (typeof document !== "object" || document === null) return;
  let isWhole = true;
  for (const [slice, value] of Object.entries(document).slice(0, MAX_SLICES) as [SliceName, unknown][]) {
    // This instance is another device from now on.
    if (slice === "deviceId" || slice === "clientToken") continue;
    const { version } = await shared.read(slice);
    const isTaken = version === 0 && (await shared.compareAndSet(slice, 0, value)) !== undefined;
    isWhole &&= isTaken;
  }
  // A second copy of a refresh token would be used when it is dead.
  if (isWhole) await local.delete?.();
}
