/** `docs/settings.md`: the addresses of Spotify that an administrator can replace. */
import { SPOTIFY_ENDPOINTS, type Endpoints } from "../../src/core/endpoints";
import { code, table } from "./markdown";

const SERVES: Readonly<Record<keyof Endpoints, string>> = {
  apResolve: "the addresses of Spotify's access points, dealers and spclients",
  accounts:
    "signing in with an app, pairing, and tokens of apps: `/authorize`, `/oauth2/device/authorize`, `/api/token`",
  api: "the Web API: the calls of the _request_ node, `/v1/me` (whose account an app was signed in to, and which tokens the Web API takes) and `/v1/me/player` (what plays, if Spotify cannot push)",
  login5: "tokens for Spotify's own services: `/v3/login`",
  clientToken: "the client token that Login5 requires: `/v1/clienttoken`",
  open: "titles and pictures, if Spotify's own services do not tell them: `/oembed`, without a token",
  spclient: "Spotify's own services: commands, devices, and the names that a push lacks",
  dealer: "the WebSocket on which Spotify says what plays, and which app has control",
};

export const settings = {
  endpoints: (): string => {
    const names = Object.keys(SPOTIFY_ENDPOINTS) as (keyof Endpoints)[];
    const rows = names.map((name) => {
      const address = SPOTIFY_ENDPOINTS[name];
      return [
        code(name),
        SERVES[name],
        address === undefined ? "the first one that `apResolve` names" : code(address),
      ];
    });
    return table(["name", "what is there", "default"], rows);
  },
};
