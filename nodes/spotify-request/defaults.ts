/** What a new spotify-request does. The editor bundles this file, which imports nothing. */
export const DEFAULTS = {
  /** Empty: `msg.method`. */
  method: "GET",
  path: "/me/playlists",
  pathType: "str",
  query: "{}",
  queryType: "json",
  body: "payload",
  bodyType: "msg",
  /** With `scopesType` "list", a list; else what Node-RED's typed input of that kind holds. Empty: known from the path. */
  scopes: [] as readonly string[],
  scopesType: "list",
  clientId: "best",
  /** "str", or the kind of Node-RED's typed input that `clientId` is then for. */
  clientIdType: "str",
  all: false,
  /** The property of the message that the document is put into. */
  output: "payload",
} as const;
