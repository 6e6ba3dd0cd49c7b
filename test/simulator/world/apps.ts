/** The clients that this Spotify knows: its own apps, by their public client IDs, and those that users registered. */
import { randomBytes } from "node:crypto";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import type { Account } from "./accounts";
import { mayHave, type Policy } from "./policy";
import { isRegistered, registrationFault } from "../accounts/redirect-uris";

export interface AppOptions {
  /** 32 hex digits; generated if missing. */
  clientId?: string;
  name?: string;
  redirectUris?: readonly string[];
  /** The app's owner. Without Premium, the Web API refuses the app. */
  owner?: Account;
  /** By default, the scopes that `policy` allows for the client ID. */
  allowedScopes?: readonly string[];
}

export class App {
  readonly clientId: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly owner: Account | undefined;
  /** Whether it may use device pairing. Source: go-librespot#375: the desktop app may, users' apps may not. */
  readonly mayPair: boolean;
  readonly allowedScopes: readonly string[] | undefined;

  /** @throws Error if the dashboard would refuse it */
  constructor(options: AppOptions, mayPair = false) {
    this.clientId = options.clientId ?? randomBytes(16).toString("hex");
    if (!/^[0-9a-f]{32}$/.test(this.clientId)) throw new Error("A client ID is 32 hex digits");
    this.name = options.name ?? `App ${this.clientId.slice(0, 6)}`;
    this.redirectUris = [...(options.redirectUris ?? [])];
    for (const uri of this.redirectUris) {
      const fault = registrationFault(uri);
      if (fault !== undefined) throw new Error(`${fault} ${uri}`);
    }
    this.owner = options.owner;
    this.allowedScopes = options.allowedScopes;
    this.mayPair = mayPair;
  }

  mayRedirectTo(uri: string): boolean {
    return isRegistered(this.redirectUris, uri);
  }

  /** One scope that it may not have makes the whole request fail: music-assistant#4182. */
  mayHaveAll(scopes: readonly string[], policy: Policy): boolean {
    return scopes.every(
      (scope) => this.allowedScopes?.includes(scope) ?? mayHave(policy, this.clientId, scope),
    );
  }
}

export class Apps {
  readonly #apps = new Map<string, App>();

  constructor() {
    // Source of the redirect URI: librespot src/main.rs, which uses port 5588; the desktop app any.
    const redirectUris = ["http://127.0.0.1/login"];
    this.#keep(new App({ clientId: CLIENT_IDS.keymaster, name: "Spotify for Desktop", redirectUris }, true));
    this.#keep(new App({ clientId: CLIENT_IDS.android, name: "Spotify for Android" }));
    this.#keep(new App({ clientId: CLIENT_IDS.ios, name: "Spotify for iOS" }));
  }

  /** Like a user in the developer dashboard. The same client ID again replaces the app. */
  add(options: AppOptions): App {
    return this.#keep(new App(options));
  }

  /** The apps that users registered. */
  registered(): App[] {
    const own = new Set<string>(Object.values(CLIENT_IDS));
    return [...this.#apps.values()].filter(({ clientId }) => !own.has(clientId));
  }

  get(clientId: string): App | undefined {
    return this.#apps.get(clientId);
  }

  #keep(app: App): App {
    this.#apps.set(app.clientId, app);
    return app;
  }
}
