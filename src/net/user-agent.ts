/** As in package.json, which a test compares; a bundle of this library has no package.json to read. */
const NAME = "node-red-contrib-spotify-session";
const VERSION = "1.0.0";
const HOME = "https://github.com/node-red-contrib-spotify-session/node-red-contrib-spotify-session";

/**
 * What every HTTPS and WebSocket request says of its sender: this package, its version, where it comes from, and the
 * platform. Spotify is on record as refusing requests without a User-Agent.
 */
export const USER_AGENT = `${NAME}/${VERSION} (+${HOME}; ${process.platform} ${process.arch})`;
