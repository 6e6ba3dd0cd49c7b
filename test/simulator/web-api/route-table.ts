/** Finds the route of a request. A route's path may have names in braces, which match any part of a path. */
import type { Route } from "./call";

export interface FoundRoute {
  route: Route;
  /** The values for the names in braces. */
  params: readonly string[];
}

/** The routes by method and path, such as `GET /v1/playlists/{playlist_id}/items`. */
export type Routes = Readonly<Record<string, Route>>;

const NAME = /\{\w+\}/g;

export class RouteTable {
  readonly #exact = new Map<string, Route>();
  readonly #patterns: { pattern: RegExp; route: Route }[] = [];

  constructor(routes: Routes) {
    for (const [name, route] of Object.entries(routes)) {
      if (!name.includes("{")) this.#exact.set(name, route);
      else this.#patterns.push({ pattern: new RegExp(`^${name.replaceAll(NAME, "([^/]+)")}$`), route });
    }
  }

  find(method: string, path: string): FoundRoute | undefined {
    const name = `${method} ${path}`;
    const exact = this.#exact.get(name);
    if (exact !== undefined) return { route: exact, params: [] };
    for (const { pattern, route } of this.#patterns) {
      const [, ...params] = pattern.exec(name) ?? [];
      if (params.length > 0) return { route, params };
    }
    return undefined;
  }
}
