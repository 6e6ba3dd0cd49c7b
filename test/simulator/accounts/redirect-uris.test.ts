import assert from "node:assert/strict";
import { isRegistered, registrationFault, withAnswer } from "./redirect-uris";

describe("simulator: redirect URIs", () => {
  it("are registered if they are https or http to a loopback literal", () => {
    for (const uri of [
      "https://flows.example/callback",
      "https://flows.example:8443/callback?a=b",
      "http://127.0.0.1:1880/callback",
      "http://127.0.0.1/callback",
      "http://127.0.0.1",
      "http://[::1]:1880/callback",
    ]) {
      assert.equal(registrationFault(uri), undefined, uri);
    }
    for (const uri of [
      "http://localhost:1880/callback",
      "https://localhost/callback",
      "http://flows.example/callback",
      "http://192.168.1.5:1880/callback",
      "http://127.0.0.1.example/callback",
      "http://127.0.0.1:1880@flows.example/",
      "http://user@127.0.0.1:1880/",
      "https://flows.example/#fragment",
      "https://flows.example/#",
      "callback",
    ]) {
      assert.notEqual(registrationFault(uri), undefined, uri);
    }
  });

  it("are compared exactly", () => {
    const registered = ["https://flows.example/callback", "http://127.0.0.1:1880/callback"];
    for (const uri of registered) assert.equal(isRegistered(registered, uri), true, uri);
    for (const uri of [
      "https://flows.example/callback/",
      "https://flows.example:8443/callback",
      "http://127.0.0.1:1881/callback",
      "http://127.0.0.1/callback",
      "http://[::1]:1880/callback",
    ]) {
      assert.equal(isRegistered(registered, uri), false, uri);
    }
  });

  it("allow any port if they are loopback and were registered without one", () => {
    const registered = ["http://127.0.0.1/login", "http://[::1]/login", "https://flows.example/login"];
    for (const uri of ["http://127.0.0.1:5588/login", "http://127.0.0.1/login", "http://[::1]:80/login"]) {
      assert.equal(isRegistered(registered, uri), true, uri);
    }
    for (const uri of [
      "http://127.0.0.1:5588/other",
      "http://127.0.0.1:5588@flows.example/login",
      "http://127.0.0.1:/login",
      "https://flows.example:8443/login",
      "http://127.0.0.2:5588/login",
    ]) {
      assert.equal(isRegistered(registered, uri), false, uri);
    }
  });

  it("have the answer in their query, together with the existing query", () => {
    assert.equal(
      withAnswer("https://a.example/?b=c", { code: "x y", state: undefined }),
      "https://a.example/?b=c&code=x+y",
    );
    assert.equal(
      withAnswer("http://127.0.0.1:1", { error: "access_denied" }),
      "http://127.0.0.1:1?error=access_denied",
    );
  });
});
