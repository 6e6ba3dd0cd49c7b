import assert from "node:assert/strict";
import { redirectAddress } from "../../../../../nodes/spotify-session/editor/sign-in/redirect-address";
import { checkRedirectUri } from "../../../../../src/oauth/redirect-uri";

/** Where the editor is open, which address to register, and how the browser comes back. */
const TABLE: readonly [editor: string, kind: string, address: string][] = [
  ["https://pi.example/", "comesBack", "https://pi.example/spotify-session/callback"],
  ["https://pi.example:8443/", "comesBack", "https://pi.example:8443/spotify-session/callback"],
  ["https://pi.example/red/admin/", "comesBack", "https://pi.example/red/admin/spotify-session/callback"],
  ["https://192.168.1.9:1880/", "comesBack", "https://192.168.1.9:1880/spotify-session/callback"],
  ["http://127.0.0.1:1880/", "comesBack", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://127.0.0.1/admin/", "comesBack", "http://127.0.0.1/admin/spotify-session/callback"],
  ["http://[::1]:1880/", "comesBack", "http://[::1]:1880/spotify-session/callback"],
  ["http://localhost:1880/", "localhost", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://localhost:1880/admin/", "localhost", "http://127.0.0.1:1880/admin/spotify-session/callback"],
  ["https://localhost:1880/", "localhost", "https://127.0.0.1:1880/spotify-session/callback"],
  ["http://192.168.1.9:1880/", "paste", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://raspberrypi.local:1881/", "paste", "http://127.0.0.1:1881/spotify-session/callback"],
  ["http://pi/", "paste", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://pi/red/", "paste", "http://127.0.0.1:1880/red/spotify-session/callback"],
  ["http://127.0.0.2:1880/", "paste", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://127.0.0.1.evil.example/", "paste", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://127.0.0.1:1880/#flow/f1", "comesBack", "http://127.0.0.1:1880/spotify-session/callback"],
  ["http://127.0.0.1:1880/index.html?x=1", "comesBack", "http://127.0.0.1:1880/spotify-session/callback"],
];

describe("the redirect address", () => {
  for (const [editor, kind, address] of TABLE) {
    it(`with the editor at ${editor} is ${address}`, () => {
      const redirect = redirectAddress(new URL(editor));
      assert.equal(redirect.kind, kind);
      assert.equal(redirect.address, address);
      assert.equal(checkRedirectUri(redirect.address), address);
    });
  }

  it("comes with the editor's other address if that saves the user from pasting", () => {
    const other = (editor: string): string | undefined => redirectAddress(new URL(editor)).editor;
    assert.equal(other("http://localhost:1880/admin/"), "http://127.0.0.1:1880/admin/");
    assert.equal(other("http://pi:1880/"), undefined);
    assert.equal(other("https://pi/"), undefined);
  });
});
