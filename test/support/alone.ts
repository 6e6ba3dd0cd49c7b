import type { RefreshSharing } from "../../src/tokens/oauth";

/** No other session may refresh the same grants. */
export const ALONE: RefreshSharing = {
  isShared: false,
  inTurn: (_name, _signal, refresh) => refresh(),
  hasHad: () => false,
};
