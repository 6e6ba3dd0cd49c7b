import assert from "node:assert/strict";
import { RemoteControl } from "../../src/connect-state/remote-control";
import { spclientServer, type SpclientServer } from "./support/spclient-server";

const NEVER = new AbortController().signal;

describe("Asking Spotify to wake the account's apps", () => {
  let server: SpclientServer;
  let control: RemoteControl;

  beforeEach(async () => {
    server = await spclientServer();
    control = new RemoteControl(server.spclient);
  });

  afterEach(() => server.close());

  it("is a request without a body", async () => {
    server.answers.push({ body: "" });
    await control.wakeDevices(NEVER);
    const [asked] = server.asked;
    // Source: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md, of the desktop app.
    assert.equal(asked?.request, "POST /connect-state/v1/cluster/wake-devices");
    assert.equal(asked?.headers["content-length"], "0");
    assert.equal(asked?.text, "");
  });

  it("reports that Spotify refuses it", async () => {
    server.answers.push({ status: 404, body: "" });
    await assert.rejects(control.wakeDevices(NEVER), { code: "REQUEST_REFUSED" });
  });
});
