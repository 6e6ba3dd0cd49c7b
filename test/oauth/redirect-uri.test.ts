import assert from "node:assert/strict";
import { checkRedirectUri } from "../../src/oauth/redirect-uri";
import { thrownBy } from "../support/failure";

const GOOD = [
  "https://home.example/spotify-session/callback",
  "https://home.example:8443/red/spotify-session/callback?x=1",
  "https://192.168.1.5:1880/spotify-session/callback",
  "http://127.0.0.1:1880/spotify-session/callback",
  "http://127.0.0.1/login",
  "http://[::1]:1880/spotify-session/callback",
];

/** Address → the message to the user. */
const BAD: readonly [string, RegExp][] = [
  ["", /not a URL/],
  ["spotify-session/callback", /not a URL/],
  ["undefined", /not a URL/],
  ["http://localhost:1880/spotify-session/callback", /127\.0\.0\.1/],
  ["https://localhost:1880/spotify-session/callback", /localhost/],
  ["http://LOCALHOST/", /localhost/],
  ["http://home.example/spotify-session/callback", /https/],
  ["http://192.168.1.5:1880/spotify-session/callback", /https/],
  ["http://127.0.0.1.home.example/", /https/],
  ["http://127.0.0.2/", /https/],
  ["http://[::2]/", /https/],
  ["ftp://127.0.0.1/", /https/],
  ["javascript:alert(1)", /https/],
  ["data:text/html,x", /https/],
  ["https://home.example/#/spotify", /#/],
  ["https://home.example/#", /#/],
  [" https://home.example/", /spaces/],
  ["https://home.example/a b", /spaces/],
  ["https://mira:secret@home.example/", /login/],
];

describe("a redirect address", () => {
  for (const address of GOOD) {
    it(`may be ${address}`, () => assert.equal(checkRedirectUri(address), address));
  }

  for (const [address, why] of BAD) {
    it(`may not be ${JSON.stringify(address)}`, () => {
      const { message } = thrownBy(() => checkRedirectUri(address), "INVALID_ARGUMENT");
      assert.match(message, why);
      assert.ok(!message.includes("secret"));
    });
  }
});
