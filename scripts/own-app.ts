/** Signs an account in with an app of its own, as its dialog does, and the simulated Spotify plays the user. */
import { WEB_API_SCOPES } from "../src/core/knowledge";
import type { EditorClient } from "./editor-client";
import type { SimulatedSpotify } from "./simulated-spotify";
import type { FlowNode } from "./user-dir";

const CALLBACK = "spotify-session/callback";

/**
 * Deploys flows whose accounts are signed in with an app of one's own too. The accounts go first: the Web API takes tokens
 * of an app only, and the flows ask as soon as they run.
 * @param accountIds of the accounts that need an app; all of them unless told
 */
export async function deployWithOwnApp(
  editor: EditorClient,
  spotify: SimulatedSpotify,
  flows: readonly FlowNode[],
  editorUrl: string,
  accountIds?: readonly string[],
): Promise<void> {
  const accounts = flows.filter(({ type }) => type === "spotify-session");
  await editor.deploy(accounts);
  for (const id of accountIds ?? accounts.map((account) => account.id)) {
    await signInWithOwnApp(editor, spotify, id, editorUrl);
  }
  await editor.deploy(flows);
}

/** @param accountId of the config node, which is deployed @param editorUrl with a slash at the end */
export async function signInWithOwnApp(
  editor: EditorClient,
  { simulator, account }: SimulatedSpotify,
  accountId: string,
  editorUrl: string,
): Promise<void> {
  const redirectUri = new URL(CALLBACK, editorUrl).href;
  // Registered as for a Node-RED on this machine: without the port, which may be another one next time.
  const registered = new URL(redirectUri);
  registered.port = "";
  const app = simulator.addApp({ name: "My home", redirectUris: [registered.href] });
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await editor.request(`spotify-session/${accountId}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown> & { error?: { message?: string } };
    if (!response.ok)
      throw new Error(`Signing in with an app failed: ${answer.error?.message ?? response.status}`);
    return answer;
  };
  const { clientId } = app;
  const { id, url } = await post("authorization", { clientId, scopes: WEB_API_SCOPES, redirectUri });
  const address = await simulator.approve(String(url), account);
  await post(`authorization/${String(id)}/callback`, { address });
}
