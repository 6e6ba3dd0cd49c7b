import { Simulator, type Account } from "../index";

/** The user's own app. */
export const APP = "f".repeat(32);

export type Json = ReturnType<ObjectConstructor>;

export interface Asked {
  scopes?: readonly string[];
  /** A document, sent as JSON; or a text, sent as it is. */
  body?: unknown;
  type?: string;
}

export interface Said {
  status: number;
  body: Json;
  headers: Headers;
}

/** Sends a request to the Web API, like a program with a valid token. */
export class ApiClient {
  constructor(
    readonly simulator: Simulator,
    readonly account: Account,
  ) {}

  static async start(): Promise<ApiClient> {
    const simulator = await Simulator.start();
    return new ApiClient(simulator, simulator.addAccount({ username: "ada" }));
  }

  /** @param request such as `GET /me/tracks?limit=5`. Without `scopes`, the token has every scope. */
  async ask(request: string, { scopes, body, type = "application/json" }: Asked = {}): Promise<Said> {
    const [method = "", path = ""] = request.split(" ");
    const token = this.account.accessToken({ clientId: APP, ...(scopes && { scopes }) });
    const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${this.simulator.endpoints.api}/v1${path}`, {
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${token}`, ...(sent !== undefined && { "content-type": type }) },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }

  /** All pages, as their `next` leads from one to the next. */
  async walk(path: string, list: (body: Json) => Json = (body) => body): Promise<Json[]> {
    const pages: Json[] = [];
    for (let next: string | null = path; next !== null;) {
      // oxlint-disable-next-line no-await-in-loop -- each page names the next
      const page = list((await this.ask(`GET ${next}`)).body);
      pages.push(page);
      next = (page.next as string | null)?.replace("https://api.spotify.com/v1", "") ?? null;
    }
    return pages;
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text as Json;
  }
}
