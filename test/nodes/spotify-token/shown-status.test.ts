/** The status of a spotify-token, from what decides it. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { composeStatus, type StatusFacts } from "../../../nodes/spotify-token/status";
import { CLIENT_IDS, SpotifyError, type Token } from "../../../src";

const OWN_APP = "0123456789abcdef0123456789abcdef";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date(2026, 5, 1, 13, 5).getTime();

/** It is good until 14:05. */
const TOKEN = {
  expiresAt: NOW + HOUR,
  scopes: ["streaming"],
  clientId: CLIENT_IDS.keymaster,
  source: "keymaster",
  audience: "web-api",
} as Token;
const OF_APP: Token = { ...TOKEN, source: "oauth", clientId: OWN_APP };
const INTERNAL: Token = { ...TOKEN, source: "login5", audience: "spotify-internal", scopes: null };
const APP = { way: "app", id: OWN_APP, clientId: OWN_APP };
const FAILED = new SpotifyError("RATE_LIMITED", "Wait.");
const WRONG = new SpotifyError("INVALID_ARGUMENT", "The source is wrong.");
/** A node without permissions. */
const BARE = { lacksScopes: true, clientId: "best" };

interface Case extends Partial<Omit<StatusFacts, "account">> {
  state?: string;
  signIns?: readonly object[];
  isLoaded?: boolean;
  problem?: SpotifyError;
  ofAccount?: Partial<StatusFacts["account"]>;
}

/** The status in one text, such as `green dot 14:05 keymaster`; empty if nothing is shown. */
function shown({ state = "ready", signIns = [{}], isLoaded = true, ofAccount, ...facts }: Case): string {
  const session = { state, signIns: { list: () => signIns } };
  const status = composeStatus(
    { _: (key: string) => key.replace("spotify-token.", "") },
    {
      account: { session: session as never, isLoaded, ...ofAccount },
      token: undefined,
      error: undefined,
      asking: false,
      source: "auto",
      lacksScopes: false,
      clientId: undefined,
      ...facts,
      problem: facts.problem,
    },
  ) as { fill?: string; shape?: string; text?: string };
  return [status.fill, status.shape, status.text].filter((part) => part !== undefined).join(" ");
}

describe("the status that a spotify-token shows", () => {
  let clock: Clock;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["Date"] });
  });

  afterEach(() => clock.uninstall());

  const cases = (table: readonly (readonly [what: string, facts: Case, expected: string])[]): void => {
    for (const [what, facts, expected] of table)
      it(`is "${expected}" ${what}`, () => assert.equal(shown(facts), expected));
  };

  describe("before any token", () => {
    cases([
      ["if the session is connected", {}, "green ring status.ready"],
      ["if the session is signed in and not connected", { state: "idle" }, "green ring status.signedIn"],
      ["if it is not known yet what is signed in", { state: "idle", isLoaded: false }, ""],
      ["if the session has ended", { state: "closed" }, ""],
      ["if nothing is signed in", { state: "idle", signIns: [] }, "grey ring errors.NOT_SIGNED_IN"],
      ["while the session connects", { state: "connecting" }, "yellow ring status.connecting"],
      ["while it is requested", { asking: true }, "yellow dot status.renewing"],
      ["if there is no session", { ofAccount: { session: undefined } }, ""],
    ]);
  });

  describe("with a failure", () => {
    cases([
      ["of a request", { error: FAILED }, "red ring errors.RATE_LIMITED"],
      [
        "of a request, although there is a token",
        { error: FAILED, token: TOKEN },
        "red ring errors.RATE_LIMITED",
      ],
      [
        "of a request, while the next one is under way",
        { error: FAILED, asking: true },
        "yellow dot status.renewing",
      ],
      ["of the node's properties", { problem: WRONG, error: FAILED }, "red ring errors.INVALID_ARGUMENT"],
      [
        "of the node's properties, always",
        { problem: WRONG, asking: true },
        "red ring errors.INVALID_ARGUMENT",
      ],
      [
        "of the account",
        { ofAccount: { missing: "noAccount" }, problem: WRONG },
        "red ring status.noAccount",
      ],
      [
        "before what the account waits for",
        { state: "connecting", error: FAILED },
        "red ring errors.RATE_LIMITED",
      ],
    ]);
  });

  describe("with a token", () => {
    cases([
      ["that is good until then", { token: TOKEN }, "green dot 14:05 keymaster"],
      ["while a new one is requested", { token: TOKEN, asking: true }, "yellow dot status.renewing"],
      ["that has ended", { token: { ...TOKEN, expiresAt: NOW } }, "green ring status.ready"],
      [
        "while the session connects again",
        { state: "reconnecting", token: TOKEN },
        "green dot 14:05 keymaster",
      ],
      [
        "that has ended while the session connects again",
        { state: "reconnecting", token: { ...TOKEN, expiresAt: NOW } },
        "yellow ring status.connecting",
      ],
      [
        "while another session connects",
        { state: "connecting", token: TOKEN },
        "yellow ring status.connecting",
      ],
      ["after a sign-out", { state: "idle", signIns: [], token: TOKEN }, "grey ring errors.NOT_SIGNED_IN"],
      ["of an app", { token: OF_APP }, "green dot 14:05 01234567…"],
      ["that the Web API refuses", { token: INTERNAL }, "yellow dot 14:05 status.noWebApi"],
      ["of Login5, which was chosen", { token: INTERNAL, source: "login5" }, "green dot 14:05 login5"],
      [
        "if its session is gone",
        { token: OF_APP, ofAccount: { session: undefined } },
        "green dot 14:05 01234567…",
      ],
    ]);
  });

  describe("with a token of a sign-in that ends", () => {
    const lasting = (duration: number, token: Token = OF_APP): Case => ({
      token,
      signIns: [
        { id: "another", until: NOW },
        { ...APP, until: NOW + duration },
      ],
    });
    cases([
      ["in 31 days", lasting(31 * DAY), "green dot 14:05 01234567…"],
      ["in less than 31 days", lasting(31 * DAY - 1), "green dot 14:05 01234567… 30d"],
      ["in 8 days", lasting(8 * DAY), "green dot 14:05 01234567… 8d"],
      ["in less than 8 days", lasting(8 * DAY - 1), "yellow dot 14:05 01234567… 7d"],
      ["in an hour", lasting(HOUR), "yellow dot 14:05 01234567… 0d"],
      ["in the past", lasting(-5 * DAY), "yellow dot 14:05 01234567… 0d"],
      [
        "soon, but whose token does not come from it",
        lasting(HOUR, { ...TOKEN, clientId: OWN_APP }),
        "green dot 14:05 01234567…",
      ],
      ["at no known time", { token: OF_APP, signIns: [APP] }, "green dot 14:05 01234567…"],
    ]);
  });

  describe("of a node without permissions", () => {
    const WARNING = "yellow ring status.noPermissions";
    cases([
      ["before any token", BARE, WARNING],
      ["with a token that has none", { ...BARE, token: INTERNAL }, WARNING],
      [
        "with a token that a message requested with permissions",
        { ...BARE, token: TOKEN },
        "green dot 14:05 keymaster",
      ],
      ["if its source is not chosen by itself", { ...BARE, source: "login5" }, "green ring status.ready"],
      ["if it is not known yet what is signed in", { ...BARE, isLoaded: false }, "green ring status.ready"],
      ["if there is no session", { ...BARE, ofAccount: { session: undefined } }, WARNING],
      ["if an app is signed in", { ...BARE, signIns: [{}, APP] }, "green ring status.ready"],
      ["if the sign-in with the app has ended", { ...BARE, signIns: [{ ...APP, ended: true }] }, WARNING],
      [
        "if the account is signed in another way",
        { ...BARE, signIns: [{ ...APP, way: "pairing" }] },
        WARNING,
      ],
      [
        "if the app is the one that it names",
        { ...BARE, clientId: OWN_APP, signIns: [APP] },
        "green ring status.ready",
      ],
      ["if it names another app", { ...BARE, clientId: CLIENT_IDS.ios, signIns: [APP] }, WARNING],
    ]);
  });
});
