import assert from "node:assert/strict";
import { readPlaying } from "../../../../nodes/spotify-session/editor/playing";

describe("what the dialog reads about playback", () => {
  const state = {
    status: "playing",
    title: "Loopback Lullaby",
    artist: "The Ephemeral Ports",
    album: "Sockets",
    image: "https://i.scdn.co/image/ab67616d00001e02",
    device: { name: "Kitchen", type: "speaker", isPrivate: false },
  };
  const problem = (code: string): object => ({ code, message: "A sentence." });

  it("is the song, its picture, the device, and all devices", () => {
    const devices = [{ name: "Kitchen", type: "speaker", isActive: true, isAsleep: false }];
    const answer = { state, devices, problem: null };
    assert.deepEqual(readPlaying(answer), answer);
  });

  it("is undefined if it cannot be read, or nothing is known", () => {
    for (const answer of [undefined, null, "", [], {}, { state: null }, { state: 5, problem: 5 }]) {
      assert.equal(readPlaying(answer), undefined);
    }
  });

  it("is undefined if the account is not signed in, because the panel at the top says so", () => {
    for (const code of ["NOT_SIGNED_IN", "SIGN_IN_EXPIRED", "BAD_CREDENTIALS", "CLOSED"]) {
      assert.equal(readPlaying({ state: null, devices: [], problem: problem(code) }), undefined, code);
    }
  });

  it("has the reason why it is not known, or may be outdated", () => {
    assert.equal(readPlaying({ state: null, problem: problem("TIMEOUT") })?.problem?.code, "TIMEOUT");
    const old = readPlaying({ state, problem: problem("UNREACHABLE") });
    assert.deepEqual([old?.state?.title, old?.problem?.code], ["Loopback Lullaby", "UNREACHABLE"]);
  });

  it("has only pictures of Spotify, because another server would learn who looks at them", () => {
    for (const image of [
      "https://example.com/scdn.co/x.jpg",
      "https://scdn.co.example.com/x.jpg",
      "http://i.scdn.co/image/x",
      "javascript:alert(1)",
      "data:image/svg+xml,<svg/>",
      5,
    ]) {
      assert.equal(readPlaying({ state: { ...state, image } })?.state?.image, "", String(image));
    }
    for (const image of ["https://mosaic.scdn.co/640/x", "https://image-cdn-ak.spotifycdn.com/image/x"]) {
      assert.equal(readPlaying({ state: { ...state, image } })?.state?.image, image);
    }
  });

  it("has at most thirty devices, which have a name", () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ name: `Device ${i}`, isActive: i === 0 }));
    const read = readPlaying({ state, devices: [{ name: null }, "x", ...many] })!.devices;
    assert.equal(read.length, 30);
    assert.deepEqual(read[0], { name: "Device 0", type: "", isActive: true, isAsleep: false });
    assert.deepEqual(readPlaying({ state, devices: { error: {} } })!.devices, []);
  });
});
