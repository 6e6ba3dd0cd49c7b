import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { ScriptedSpotify } from "./scripted-spotify";

/** Gives each test of the describe block a new scripted Spotify. */
export function useScripted(): { readonly current: ScriptedSpotify } {
  let scripted: ScriptedSpotify | undefined;
  let restore = (): void => undefined;
  beforeEach(async () => {
    restore = setEnvironment(NO_PROXY_AT_ALL);
    scripted = await ScriptedSpotify.start();
  });
  afterEach(async () => {
    await scripted?.close();
    restore();
    scripted = undefined;
  });
  return {
    get current() {
      if (!scripted) throw new Error("There is one only while a test runs");
      return scripted;
    },
  };
}
