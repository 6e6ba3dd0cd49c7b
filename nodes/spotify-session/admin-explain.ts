import type { NodeAPI } from "node-red";
import { SpotifyError } from "../../src/core/errors";
// Not from the index, which would load the whole library.
import { clientIdName } from "../../src/core/knowledge";
import type { SourceChoice } from "../../src/tokens/explanation";
import { findAccount } from "./accounts";
import type { SessionSettings } from "./settings";

const MAX_QUERY = 8 * 1024;

/**
 * Where a token would come from, for the token node's dialog:
 * `GET spotify-session/<id>/explain?scopes=<commas>&clientId=<as the node has it>&source=<…>`. Asks Spotify nothing,
 * and holds nothing secret. Opens no session: while the account has none, the answer is `{ "isOpen": false }`.
 */
export function serveExplanation(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/explain", mayRead, (request, response) => {
    const node = findAccount(RED, String(request.params["id"]));
    response.set("cache-control", "no-store");
    if (!node) {
      response.sendStatus(404);
      return;
    }
    const { session } = node;
    if (!session) {
      // No error status: a browser writes each of those to its console.
      response.json({ isOpen: false });
      return;
    }
    const text = (name: string): string => {
      const value = request.query[name];
      return typeof value === "string" && value.length <= MAX_QUERY ? value : "";
    };
    const explain = async (): Promise<void> => {
      const { tokens } = session;
      await tokens.ready();
      const scopes = text("scopes");
      const named = text("clientId");
      const clientId = named === "best" ? tokens.bestClientId(scopes) : named || session.clientId;
      const explanation = await tokens.explain(scopes, clientId, (text("source") || "auto") as SourceChoice);
      response.json({
        ...explanation,
        clientIdName: clientIdName(explanation.clientId) ?? null,
        username: session.username ?? null,
      });
    };
    explain().catch((error: unknown) => {
      const known = error instanceof SpotifyError ? error : undefined;
      response.status(known ? 400 : 500).json({
        error: {
          code: known?.code ?? "PROTOCOL_ERROR",
          message: known?.message ?? "This cannot be explained.",
        },
      });
    });
  });
}
