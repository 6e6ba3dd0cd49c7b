module.exports = {
  flowFile: process.env.FLOWS,
  credentialSecret: process.env.CREDENTIAL_SECRET,
  // The second one has no editor: flows are changed on the first one.
  ...(process.env.NO_EDITOR && { disableEditor: true }),
  uiPort: process.env.PORT || 1880,
  spotifySessionStore: require("node-red-contrib-spotify-session/redis")({
    url: process.env.SPOTIFY_STORE,
    secret: process.env.CREDENTIAL_SECRET,
  }),
};
