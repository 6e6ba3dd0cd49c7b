/** The apps that an account is signed in with, which a dialog offers as client IDs. */
import { clientIdKey, isOwnAppId, OWN_APP } from "./client-id";
import { isRecord } from "./record";

export interface SignedInApps {
  /** Asks Node-RED: another account is chosen, or something has changed there. */
  refresh(): void;
  close(): void;
}

/**
 * @param account the ID of the dialog's account at the moment
 * @param tell is given the client IDs of own apps, in the order in which they signed in
 */
export function signedInApps(
  account: () => string | undefined,
  tell: (clientIds: string[]) => void,
): SignedInApps {
  let request: JQuery.jqXHR | undefined;
  const close = (): void => {
    const old = request;
    request = undefined;
    old?.abort();
  };
  return {
    refresh() {
      close();
      const id = account();
      if (id === undefined) return tell([]);
      // Relative, or Node-RED would not send who asks.
      const mine = $.ajax({ url: `spotify-session/${encodeURIComponent(id)}/status`, dataType: "json" });
      request = mine;
      const settle = (clientIds: string[]): void => {
        if (request === mine) tell(clientIds);
      };
      mine.done((answer: unknown) => settle(ownAppsIn(answer))).fail(() => settle([]));
    },
    close,
  };
}

/** The client IDs of the apps that are signed in, except Spotify's own. */
export function ownAppsIn(status: unknown): string[] {
  const signIns = isRecord(status) && Array.isArray(status["signIns"]) ? status["signIns"] : [];
  const apps = signIns
    .filter(
      (one): one is Record<string, unknown> => isRecord(one) && one["way"] === "app" && one["ended"] !== true,
    )
    .map(({ clientId }) => clientId)
    .filter((id): id is string => typeof id === "string" && isOwnAppId(id) && clientIdKey(id) === OWN_APP);
  return [...new Set(apps)];
}
