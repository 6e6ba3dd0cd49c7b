interface Package {
  name: string;
  version: string;
  repository: { url: string };
}

/** package.json lies two folders above the sources, and three above the compiled files in dist. */
function ownPackage(): Package {
  try {
    return require("../../package.json") as Package;
  } catch {
    return require("../../../package.json") as Package;
  }
}

let userAgent: string | undefined;

/**
 * What every HTTPS and WebSocket request says of its sender: this package, its version, where it comes from, and the
 * platform. Spotify is on record as refusing requests without a User-Agent.
 */
export function ownUserAgent(): string {
  if (userAgent === undefined) {
    const { name, version, repository } = ownPackage();
    const home = repository.url.replace(/^git\+|\.git$/g, "");
    userAgent = `${name}/${version} (+${home}; ${process.platform} ${process.arch})`;
  }
  return userAgent;
}
