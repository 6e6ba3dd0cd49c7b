import assert from "node:assert/strict";
import type { Request, RequestHandler, Response } from "express";
import type { NodeAPI } from "node-red";
import { serveList } from "../../../nodes/spotify-session/admin-list";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";
import { SpotifyError, type Session } from "../../../src";

interface Answer {
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

describe("a list of an account for a picker", () => {
  let handlers: RequestHandler[];
  let mayRead: boolean;
  let read: (session: Session, id: string) => Promise<readonly object[]>;
  let ready: () => Promise<void>;
  const session = { signIns: { ready: () => ready() } } as Session;

  beforeEach(() => {
    handlers = [];
    mayRead = true;
    ready = () => Promise.resolve();
    read = () => Promise.resolve([]);
    const account = { id: "account", type: "spotify-session", session, open: () => true };
    const RED = {
      auth: {
        needsPermission:
          (permission: string): RequestHandler =>
          (...[, response, next]) =>
            mayRead && permission === "spotify-session.read" ? next() : response.sendStatus(401),
      },
      httpAdmin: {
        get(path: string, ...served: RequestHandler[]) {
          assert.equal(path, "/spotify-session/:id/things");
          handlers = served;
        },
      },
      nodes: {
        getNode: (id: string) => (id === "account" ? account : null),
        eachNode: () => undefined,
      },
    };
    serveList(RED as unknown as NodeAPI<SessionSettings>, "things", (...asked) => read(...asked));
  });

  const ask = (id: string, headers: object = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const answer: Answer = { status: 200, headers: {} };
      const response = {
        set: (name: string, value: string) => void (answer.headers[name] = value),
        status(status: number) {
          answer.status = status;
          return response;
        },
        json: (body: unknown) => resolve({ ...answer, body }),
        sendStatus: (status: number) => resolve({ ...answer, status }),
      };
      const [first, ...others] = handlers;
      const pass = (handler: RequestHandler | undefined, rest: RequestHandler[]): void => {
        const request = { headers, params: { id } } as unknown as Request;
        const next = (): void => pass(rest[0], rest.slice(1));
        Promise.resolve(handler!(request, response as unknown as Response, next)).catch(reject);
      };
      pass(first, others);
    });

  it("is what Spotify has, and is not kept by the browser", async () => {
    read = (...asked) => {
      assert.deepEqual(asked, [session, "account"]);
      return Promise.resolve([{ name: "Kitchen" }]);
    };
    assert.deepEqual(await ask("account"), {
      status: 200,
      headers: { "cache-control": "no-store" },
      body: [{ name: "Kitchen" }],
    });
  });

  it("is asked for when it is known who is signed in", async () => {
    const order: string[] = [];
    ready = () => Promise.resolve().then(() => void order.push("ready"));
    read = () => {
      order.push("read");
      return Promise.resolve([]);
    };
    await ask("account");
    assert.deepEqual(order, ["ready", "read"]);
  });

  it("comes with the reason if it cannot be read", async () => {
    read = () => Promise.reject(new SpotifyError("NOT_SIGNED_IN", "Sign in."));
    const { status, body } = await ask("account");
    assert.equal(status, 400);
    assert.deepEqual(body, { error: { code: "NOT_SIGNED_IN", message: "Sign in." } });
  });

  it("is not found for a node that is not an account", async () => {
    const { status, headers } = await ask("another");
    assert.equal(status, 404);
    assert.deepEqual(headers, { "cache-control": "no-store" });
  });

  it("is not for a user who may not read it", async () => {
    mayRead = false;
    assert.equal((await ask("account")).status, 401);
  });

  it("is not for a page of another site", async () => {
    assert.equal((await ask("account", { "sec-fetch-site": "cross-site" })).status, 403);
  });
});
