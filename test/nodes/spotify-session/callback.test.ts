import assert from "node:assert/strict";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { COOKIE, serveCallback } from "../../../nodes/spotify-session/callback";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";
import { AuthorizationAttempt } from "../../../nodes/spotify-session/sign-in-attempts";
import { signInServiceOf } from "../../../nodes/spotify-session/sign-in-services";
import type { Authorization } from "../../../src";

type Handler = (request: Request, response: Response) => void;
type Answer = { redirect?: [status: number, to: string]; headers?: object; page?: string };

describe("the page to which Spotify sends the browser back", () => {
  const routes = new Map<string, Handler>();
  const texts = (key: string): string => `<"${key.replace("spotify-session.callback.", "")}'&>`;
  const httpAdmin = { get: (path: string, handler: Handler) => void routes.set(path, handler) };
  serveCallback({ httpAdmin, _: texts } as unknown as NodeAPI<SessionSettings>);

  const ask = (route: string, request: object): Promise<Answer> =>
    new Promise((resolve) => {
      const answer: Answer = {};
      const response = {
        set: (headers: object) => (answer.headers = headers),
        send: (page: string) => resolve({ ...answer, page }),
        redirect: (status: number, to: string) => resolve({ redirect: [status, to] }),
      };
      routes.get(`/spotify-session/${route}`)!(request as Request, response as unknown as Response);
    });

  const comeBack = (query: string, cookie?: string): Promise<Answer> =>
    ask("callback", {
      originalUrl: `/spotify-session/callback?${query}`,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: { cookie },
    });

  let outcome: () => Promise<string>;
  let addresses: string[];
  let attempt: AuthorizationAttempt;
  let cookie: string;

  const begin = (state: string): ReturnType<typeof AuthorizationAttempt.begin> => {
    const matches = (address: string): boolean => new URL(address).searchParams.get("state") === state;
    const authorization = { url: "", expiresAt: Date.now() + 60_000, matches } as Authorization;
    const finish = (address: string): Promise<string> => {
      addresses.push(address);
      return outcome();
    };
    const begun = AuthorizationAttempt.begin(authorization, finish, () => undefined);
    signInServiceOf("account").authorizations.add(begun.attempt);
    return begun;
  };

  beforeEach(() => {
    outcome = () => Promise.resolve("alice");
    addresses = [];
    const begun = begin("mine");
    attempt = begun.attempt;
    cookie = `${COOKIE}${attempt.id}=${begun.browser}`;
  });

  afterEach(() => signInServiceOf("account").authorizations.remove(attempt.id));

  const done = { redirect: [303, "callback/done"] };
  const failed = { redirect: [303, "callback/failed"] };

  it("finishes the sign-in, and leaves the address with the code", async () => {
    assert.deepEqual(await comeBack("code=1&state=mine", cookie), done);
    assert.deepEqual(addresses, ["http://127.0.0.1/spotify-session/callback?code=1&state=mine"]);
    assert.equal(attempt.state.username, "alice");
  });

  it("finds the cookie among others", async () => {
    const other = begin("other");
    for (const before of ["a=b; ", "empty; ", `${COOKIE}${other.attempt.id}=${other.browser};`]) {
      const { attempt: next, browser } = begin(before);
      const state = encodeURIComponent(before);
      const cookies = `${before} ${COOKIE}${next.id}=${browser} ; z=1`;
      assert.deepEqual(await comeBack(`code=1&state=${state}`, cookies), done, before);
    }
    assert.equal(other.attempt.state.state, "waiting");
  });

  it("says that the sign-in has failed", async () => {
    outcome = () => Promise.reject(new Error("no"));
    assert.deepEqual(await comeBack("error=access_denied&state=mine", cookie), failed);
    assert.equal(attempt.state.state, "failed");
  });

  it("takes a state once", async () => {
    await comeBack("code=1&state=mine", cookie);
    assert.deepEqual(await comeBack("code=2&state=mine", cookie), failed);
    assert.equal(addresses.length, 1);
  });

  it("says that the sign-in has failed if the address cannot be read", async () => {
    const request = { originalUrl: "http://[", query: { code: "1" }, headers: {} };
    assert.deepEqual(await ask("callback", request), failed);
  });

  for (const [what, state, cookies] of [
    ["another browser", "mine", (): undefined => undefined],
    ["a browser with an empty cookie", "mine", (): string => `${COOKIE}${attempt.id}=`],
    ["a browser with a wrong cookie", "mine", (): string => `${cookie}x`],
    ["a browser with a cookie of another name", "mine", (): string => `x${cookie}`],
    ["the sign-in of another Node-RED", "other", (): string => cookie],
  ] as const) {
    it(`keeps the code in the address for ${what}, to be pasted into the dialog`, async () => {
      const { page, redirect } = await comeBack(`code=1&state=${state}`, cookies());
      assert.equal(redirect, undefined);
      assert.match(page ?? "", /title\.elsewhere.*text\.elsewhere/s);
      assert.deepEqual(addresses, []);
      assert.equal(attempt.state.state, "waiting");
    });
  }

  it("has nothing to paste without a code", async () => {
    assert.deepEqual(await comeBack("error=access_denied&state=mine"), failed);
    assert.equal(attempt.state.state, "waiting");
  });

  for (const [shown, outcomes] of [
    ["done", ["done"]],
    ["failed", ["failed", "elsewhere", "<script>"]],
  ] as const) {
    for (const name of outcomes) {
      it(`says ${shown} at the address ${name}, and is not kept by the browser`, async () => {
        const { page, headers } = await ask("callback/:outcome", { params: { outcome: name } });
        const escaped = `&#60;&#34;text.${shown}&#39;&#38;&#62;`;
        assert.ok(page?.includes(`<p>${escaped}</p>`), page);
        assert.deepEqual(headers, {
          "cache-control": "no-store",
          "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
          "referrer-policy": "no-referrer",
        });
      });
    }
  }
});
