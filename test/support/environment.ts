/** Sets environment variables. @returns function that restores them */
export function setEnvironment(values: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  const put = (entries: Iterable<readonly [string, string | undefined]>): void => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  put(Object.entries(values));
  return () => put(before);
}

/** Like a machine without any proxy. */
export const NO_PROXY_AT_ALL = Object.fromEntries(
  [
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "npm_config_proxy",
    "npm_config_https_proxy",
    "npm_config_no_proxy",
  ]
    .flatMap((name) => [name, name.toUpperCase()])
    .map((name) => [name, undefined]),
);
