import assert from "node:assert/strict";
import { Session, SpotifyError, type ApiRequest } from "../../src";
import { Simulator, type Account } from "../simulator";
import { signInWithApp } from "../support/own-app";

export const SCOPES = [
  "playlist-read-private",
  "playlist-modify-private",
  "user-library-read",
  "user-library-modify",
  "user-follow-read",
  "user-read-playback-state",
  "user-modify-playback-state",
];

/** A session that is signed in with an app of its own, and what it asks the simulated Web API. */
export class Requests {
  readonly simulator: Simulator;
  readonly account: Account;
  readonly session: Session;
  clientId = "";

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.account = simulator.addAccount({ username: "mira" });
    this.session = new Session({
      endpoints: { ...simulator.endpoints },
      accessPointKey: simulator.accessPointKey,
    });
  }

  static async begin(): Promise<Requests> {
    const made = new Requests(await Simulator.start());
    made.clientId = await signInWithApp(made.simulator, made.session, made.account, SCOPES);
    // Signing in may have asked whose the token is.
    made.simulator.stats.webApiRequests.length = 0;
    return made;
  }

  async end(): Promise<void> {
    await this.session.close();
    await this.simulator.close();
  }

  /** What the Web API was asked, such as `GET /v1/me`. */
  get asked(): string[] {
    return this.simulator.stats.webApiRequests.map(({ method, path }) => `${method} ${path}`);
  }

  request(request: ApiRequest): ReturnType<Session["webApi"]["request"]> {
    return this.session.webApi.request(request);
  }

  /** What a request fails with. */
  async failure(request: ApiRequest): Promise<SpotifyError> {
    const error: unknown = await this.request(request).then(
      () => assert.fail("It succeeded."),
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof SpotifyError, String(error));
    return error;
  }
}
