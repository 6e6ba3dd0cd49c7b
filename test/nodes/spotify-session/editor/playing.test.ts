import assert from "node:assert/strict";
import { readDevices, readPlaying } from "../../../../nodes/spotify-session/editor/playing";

describe("what the dialog reads of what plays", () => {
  const playing = {
    status: "playing",
    title: "Loopback Lullaby",
    artist: "The Ephemeral Ports",
    image: "https://i.scdn.co/image/ab67616d00001e02",
    device: { name: "Kitchen", isPrivate: false },
  };

  it("is the song, its picture and the device", () => {
    assert.deepEqual(readPlaying({ playing }), { ...playing, device: "Kitchen" });
  });

  it("is nothing if nothing is known, or if it cannot be read", () => {
    for (const answer of [undefined, null, "", [], {}, { playing: null }, { playing: 5 }]) {
      assert.equal(readPlaying(answer), undefined);
    }
  });

  it("shows pictures of Spotify only, because another server would learn who looks", () => {
    for (const image of [
      "https://example.com/scdn.co/x.jpg",
      "https://scdn.co.example.com/x.jpg",
      "http://i.scdn.co/image/x",
      "javascript:alert(1)",
      "data:image/svg+xml,<svg/>",
      5,
    ]) {
      assert.equal(readPlaying({ playing: { ...playing, image } })?.image, "", String(image));
    }
    for (const image of ["https://mosaic.scdn.co/640/x", "https://image-cdn-ak.spotifycdn.com/image/x"]) {
      assert.equal(readPlaying({ playing: { ...playing, image } })?.image, image);
    }
  });

  it("has the devices that have a name, thirty at most", () => {
    const devices = Array.from({ length: 50 }, (_, i) => ({ name: `Device ${i}`, isActive: i === 0 }));
    const read = readDevices([{ name: null }, "x", ...devices]);
    assert.equal(read.length, 30);
    assert.deepEqual(read[0], { name: "Device 0", isActive: true, isAsleep: false });
    assert.deepEqual(readDevices({ error: {} }), []);
  });
});
