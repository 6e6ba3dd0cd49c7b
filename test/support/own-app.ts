import type { Session } from "../../src";
import type { Account, App, Simulator } from "../simulator";

/** The address to which Spotify sends the browser back in these tests. */
export const REDIRECT_URI = "http://127.0.0.1:1880/spotify-session/callback";

/** An app that is registered for this test. */
export function ownApp(simulator: Simulator, clientId?: string): App {
  return simulator.addApp({ redirectUris: [REDIRECT_URI], ...(clientId !== undefined && { clientId }) });
}

/** Signs a session in with an app, as `account` in the browser. @returns the app's client ID */
export async function signInWithApp(
  simulator: Simulator,
  session: Session,
  account: Account,
  scopes: readonly string[],
  app: App = ownApp(simulator),
): Promise<string> {
  const authorization = session.signIns.beginAuthorization(app.clientId, scopes, REDIRECT_URI);
  const address = await simulator.approve(authorization.url, account);
  await session.signIns.finishAuthorization(authorization, address);
  return app.clientId;
}
