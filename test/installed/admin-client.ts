/** A browser, as the package's admin routes see it: with or without a logged-in user, and with its cookies. */
import type { SignIn } from "../../src/account/sign-in-list";
import { ACCOUNT } from "./account-flow";

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

export interface AttemptAnswer {
  state?: string;
  username?: string | null;
  error?: { code: string; message: string } | null;
}

const TIMEOUT = 15_000;

export class AdminClient {
  /** All answers, with their headers. */
  readonly heard: string[] = [];
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  readonly #token: string | undefined;

  /** @param url URL of the editor @param token token of a logged-in user */
  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** @param path path below the account's own */
  ask(method: string, path: string, body?: object): Promise<Answer> {
    return this.send(method, `spotify-session/${ACCOUNT}/${path}`, {
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
  }

  /** @param path path below the editor's, or a whole address. Follows no redirect. */
  async send(method: string, path: string, { headers, body }: RequestInit = {}): Promise<Answer> {
    const all = new Headers(headers);
    if (this.#token !== undefined) all.set("authorization", `Bearer ${this.#token}`);
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    if (cookies.length > 0) all.set("cookie", cookies.join("; "));
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: all,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body !== undefined && { body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    const text = await response.text();
    this.heard.push([...response.headers].map((header) => header.join(": ")).join("\n") + text);
    return { status: response.status, text, headers: response.headers };
  }

  async signIns(): Promise<SignIn[]> {
    const { text } = await this.ask("GET", "status");
    return (JSON.parse(text) as { signIns: SignIn[] }).signIns;
  }

  /** Polls an attempt until it is no longer waiting. @param path path of the attempt */
  async outcome(path: string): Promise<AttemptAnswer> {
    for (const deadline = performance.now() + TIMEOUT; ;) {
      const attempt = JSON.parse((await this.ask("GET", path)).text) as AttemptAnswer;
      if (attempt.state !== "waiting") return attempt;
      if (performance.now() > deadline) throw new Error("The sign-in is still under way.");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
