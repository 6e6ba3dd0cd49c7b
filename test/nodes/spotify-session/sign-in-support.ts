/** The steps of a dialog to sign in, over Node-RED's admin API. */
import helper from "node-red-node-test-helper";
import { type Account, type App, Simulator } from "../../simulator";
import { ownApp, REDIRECT_URI } from "../../support/own-app";
import { Flow } from "../support/flow";

const SCOPES = ["user-read-playback-state"];

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
}

export class SignInStage {
  readonly flow = new Flow();
  readonly account: Account;
  readonly app: App;

  private constructor(readonly simulator: Simulator) {
    this.account = simulator.addAccount({ username: "mira" });
    this.app = ownApp(simulator);
  }

  static async open(): Promise<SignInStage> {
    return new SignInStage(await Simulator.start({ policy: { deviceInterval: 1 } }));
  }

  async close(): Promise<void> {
    await this.flow.dispose();
    await this.simulator.close();
  }

  /** Deploys an account with this ID that is not signed in. */
  async deploy(id = "session", settings: Record<string, unknown> = {}): Promise<void> {
    await this.flow.deploy(this.simulator, undefined, [], { id }, settings);
  }

  async ask(method: "get" | "post" | "delete", path: string, body?: object, cookie = ""): Promise<Answer> {
    const request = helper.request()[method](path).set({ cookie });
    return await (body ? request.send(body) : request);
  }

  async beginPairing(id = "session"): Promise<{ code: string; path: string }> {
    const { body } = await this.ask("post", `/spotify-session/${id}/pairing`, {});
    const path = `/spotify-session/${id}/pairing/${String(body["id"])}`;
    return { code: String(body["userCode"]), path };
  }

  async beginAuthorization(id = "session"): Promise<{ url: string; cookie: string; path: string }> {
    const wanted = { clientId: this.app.clientId, scopes: SCOPES, redirectUri: REDIRECT_URI };
    const { body, headers } = await this.ask("post", `/spotify-session/${id}/authorization`, wanted);
    return {
      url: String(body["url"]),
      cookie: String(headers["set-cookie"]).split(";")[0]!,
      path: `/spotify-session/${id}/authorization/${String(body["id"])}`,
    };
  }

  /** Agrees on Spotify's page. @returns the path, with its query, that the browser is sent to */
  async agree(url: string): Promise<string> {
    const { pathname, search } = new URL(await this.simulator.approve(url, this.account));
    return pathname + search;
  }

  /** Polls a sign-in until it is no longer waiting. */
  async outcome(path: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { body } = await this.ask("get", path);
      if (body["state"] !== "waiting") return body;
    }
  }

  /** Opens an account that is closed because no node uses it, like a dialog. */
  async open(id = "session"): Promise<void> {
    await this.ask("post", `/spotify-session/${id}/open`, {});
  }

  async signIns(id = "session"): Promise<unknown[] | undefined> {
    await this.open(id);
    const { body } = await this.ask("get", `/spotify-session/${id}/status`);
    return (body["signIns"] as { id: string }[] | undefined)?.map((signIn) => signIn.id);
  }
}
