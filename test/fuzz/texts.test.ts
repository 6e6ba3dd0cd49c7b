import assert from "node:assert/strict";
import { parseLibrespotCredentials, parseScopes, SpotifyError, type LibrespotCredentials } from "../../src";
import type { Mercury } from "../../src";
import { parseAddresses } from "../../src/access-point/resolver";
import { unseal, seal } from "../../src/store/seal";
import { PARSERS } from "../../src/session/slices";
import type { SliceName } from "../../src/store/slice-store";
import { parseStoredToken } from "../../src/tokens/cached-token";
import { Keymaster } from "../../src/tokens/keymaster";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { Randomness } from "../support/randomness";
import { onlyTypedErrors, withoutGrowing } from "./support";

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  "text",
  "\u0000",
  "x".repeat(5000),
  [],
  [[]],
  [null, "streaming", 5],
  {},
  { toString: 1, length: 3 },
];

/** `document` with values changed, left out or swapped, at any depth. */
function twisted(document: unknown, random: Randomness): unknown {
  if (random.chance(0.15)) return random.pick(ODD);
  if (Array.isArray(document)) return document.map((item) => twisted(item, random));
  if (typeof document !== "object" || document === null) return document;
  const entries = Object.entries(document)
    .filter(() => !random.chance(0.08))
    .map(([name, value]) => [random.chance(0.03) ? "__proto__" : name, twisted(value, random)] as const);
  return Object.fromEntries(entries);
}

const CREDENTIALS = { username: "u", auth_type: 1, auth_data: "c2VjcmV0" };
const TOKEN = {
  accessToken: "BQ1",
  scopes: ["streaming"],
  requested: ["streaming"],
  clientId: CLIENT_IDS.keymaster,
  source: "keymaster",
  mintedAt: Date.now(),
  expiresAt: Date.now() + 3_600_000,
};
const STATE = {
  deviceId: "abc",
  account: { username: "u", authType: 1, authData: "c2VjcmV0", configuredAs: "f" },
  accessPoints: { resolver: "https://r", addresses: ["h:1", "[::1]:2"], at: 1 },
  tokens: [TOKEN],
};

describe("random texts", () => {
  it("8,000 credentials.json: only typed errors, and an accepted one can be used to log in", () => {
    const random = new Randomness();
    withoutGrowing(8_000, () => {
      const document = twisted(CREDENTIALS, random);
      const text = random.mutated(Buffer.from(JSON.stringify(document))).toString("latin1");
      const input = random.chance(0.5) ? text : (document as LibrespotCredentials);
      onlyTypedErrors(random, () => {
        const { username, authType, authData } = parseLibrespotCredentials(input);
        assert.ok(authData.length > 0 && (authType === 1 || authType === 3), random.hint);
        assert.ok(authType === 3 || (typeof username === "string" && username !== ""), random.hint);
      });
    });
  });

  it("8,000 state files: no error, and no value of the wrong type", () => {
    const random = new Randomness();
    withoutGrowing(8_000, () => {
      const twistedState = twisted(STATE, random);
      const document = (typeof twistedState === "object" && twistedState ? twistedState : {}) as typeof STATE;
      for (const name of Object.keys(PARSERS) as SliceName[]) {
        for (const value of [twistedState, ...Object.values(document)]) PARSERS[name](value);
      }
      const state = {
        tokens: PARSERS.tokens(document.tokens),
        deviceId: PARSERS.deviceId(document.deviceId),
        account: PARSERS.account(document.account),
        accessPoints: PARSERS.accessPoints(document.accessPoints),
      };
      assert.ok(Array.isArray(state.tokens), random.hint);
      assert.ok(state.deviceId === undefined || typeof state.deviceId === "string", random.hint);
      assert.ok(!state.account || typeof state.account.authData === "string", random.hint);
      if (state.accessPoints) assert.ok(parseAddresses(state.accessPoints.addresses).length > 0, random.hint);
      for (const item of state.tokens) {
        const token = parseStoredToken(item)?.toToken();
        if (token) assert.ok(token.expiresIn >= 60 && token.expiresIn <= 86_400, random.hint);
      }
    });
  });

  it("2,000 damaged seals: none is read", () => {
    const random = new Randomness();
    const sealed = seal("plain", "key");
    for (let i = 0; i < 2_000; i++) {
      const damaged = random.mutated(Buffer.from(sealed)).toString("latin1");
      const plain = unseal(damaged, "key");
      assert.ok(plain === undefined || plain === "plain", random.hint);
    }
  });

  it("4,000 lists of scopes and addresses: only typed errors", () => {
    const random = new Randomness();
    for (let i = 0; i < 4_000; i++) {
      onlyTypedErrors(random, () => parseScopes(twisted(["streaming", "user-top-read,a b"], random)));
      onlyTypedErrors(random, () => parseScopes(random.bytes(random.below(50)).toString("latin1")));
      parseAddresses([
        random.mutated(Buffer.from("ap.spotify.com:443")).toString("latin1"),
        twisted("h:1", random),
      ]);
    }
  });

  it("8,000 answers of keymaster: a token that can be sent in a header, or a typed error", async function () {
    this.timeout(30_000);
    const random = new Randomness();
    const good = { accessToken: "BQ1234", expiresIn: 3600, tokenType: "Bearer", scope: ["streaming"] };
    let answer: { uri: string; statusCode: number; payload: Buffer[] };
    const keymaster = new Keymaster({
      mercury: { get: () => Promise.resolve(answer) } as unknown as Mercury,
      deviceId: () => "abc",
      current: { clientId: CLIENT_IDS.keymaster, reason: "configured", since: 0 },
      renew: () => Promise.resolve(false),
    });
    for (let i = 0; i < 8_000; i++) {
      const text = Buffer.from(JSON.stringify(twisted(good, random)) ?? "");
      const payload = random.chance(0.5) ? text : random.mutated(text);
      const cut = random.below(payload.length + 1);
      answer = {
        uri: "",
        statusCode: random.pick([200, 200, 200, 400, 403, 404, 429, -5]),
        payload: [payload.subarray(0, cut), payload.subarray(cut)],
      };
      try {
        const minted = await keymaster.mint(
          ["streaming"],
          CLIENT_IDS.keymaster,
          new AbortController().signal,
        );
        assert.match(minted.accessToken, /^[\x21-\x7e]+$/, random.hint);
        assert.ok(minted.lifetime > 60 && minted.lifetime <= 86_400, random.hint);
        assert.ok(minted.scopes === null || minted.scopes.includes("streaming"), random.hint);
      } catch (error) {
        assert.ok(error instanceof SpotifyError, `${random.hint}: ${String((error as Error).stack)}`);
      }
    }
  });
});
