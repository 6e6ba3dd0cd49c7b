/** Finds the route of a request. A route may have `{id}` in its path, where any one part of a path may stand. */
import type { Route } from "./call";

export interface FoundRoute {
  route: Route;
  /** What stands for `{id}`; empty if the route has none. */
  id: string;
}

/** The routes by method and path, such as `GET /v1/playlists/{id}/items`. */
export type Routes = Readonly<Record<string, Route>>;

export class RouteTable {
  readonly #exact = new Map<string, Route>();
  readonly #patterns: { pattern: RegExp; route: Route }[] = [];

  constructor(routes: Routes) {
    for (const [name, route] of Object.entries(routes)) {
      if (!name.includes("{id}")) this.#exact.set(name, route);
      else this.#patterns.push({ pattern: new RegExp(`^${name.replace("{id}", "([^/]+)")}$`), route });
    }
  }

  find(method: string, path: string): FoundRoute | undefined {
    const name = `${method} ${path}`;
    const exact = this.#exact.get(name);
    if (exact !== undefined) return { route: exact, id: "" };
    for (const { pattern, route } of this.#patterns) {
      const [, id] = pattern.exec(name) ?? [];
      if (id !== undefined) return { route, id };
    }
    return undefined;
  }
}
