import assert from "node:assert/strict";
import { checkPastedAddress } from "../../../../../nodes/spotify-session/editor/sign-in/pasted-address";

const REGISTERED = "http://127.0.0.1:1880/spotify-session/callback";

const TABLE: readonly [pasted: string, verdict: string][] = [
  ["", "empty"],
  [" \n", "empty"],
  ["AQDx9…", "notAddress"],
  ["127.0.0.1:1880/spotify-session/callback?code=a&state=b", "notAddress"],
  ["https://accounts.spotify.com/authorize?client_id=a&state=b", "spotify"],
  ["https://www.spotify.com/pair", "spotify"],
  ["https://spotify.com.evil.example/?code=a&state=b", "other"],
  ["http://127.0.0.1:1881/spotify-session/callback?code=a&state=b", "other"],
  ["http://127.0.0.1:1880/?code=a&state=b", "other"],
  [REGISTERED, "incomplete"],
  [`${REGISTERED}?code=a`, "incomplete"],
  [`${REGISTERED}?state=b`, "incomplete"],
  [`${REGISTERED}?code=a&state=b`, "good"],
  [`  ${REGISTERED}?code=a&state=b\r\n`, "good"],
  [`${REGISTERED}?error=access_denied&state=b`, "good"],
  [`${REGISTERED}?code=a&state=b#_=_`, "good"],
];

describe("judging a pasted address", () => {
  for (const [pasted, verdict] of TABLE) {
    it(`finds ${JSON.stringify(pasted)} ${verdict}`, () => {
      assert.equal(checkPastedAddress(pasted, REGISTERED), verdict);
    });
  }
});
