import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { USER_AGENT } from "../../src/net/user-agent";
import { Outcome } from "../support/failure";
import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { useStage, type Stage } from "../support/stage";
import { resolverNaming, serve, started, type TestServer } from "../support/wiretap";

interface Connect {
  target: string;
  authorization: string | undefined;
  userAgent: string | undefined;
}

/** A proxy that records each CONNECT, and accepts it unless `refuse` returns another answer. */
async function startProxy(
  refuse?: (request: Connect) => string | undefined,
): Promise<TestServer & { asked: Connect[] }> {
  const asked: Connect[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.on("connect", (request, client: Socket, head: Buffer) => {
    const { "proxy-authorization": authorization, "user-agent": userAgent } = request.headers;
    const wanted = { target: request.url!, authorization, userAgent };
    asked.push(wanted);
    const refusal = refuse?.(wanted);
    if (refusal !== undefined) return void client.end(refusal);
    const [host, port] = wanted.target.split(":") as [string, string];
    const onward = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    onward.on("error", () => client.destroy());
  });
  const running = await started(server, () => {
    for (const socket of sockets) socket.destroy();
  });
  return { ...running, asked };
}

/** For the access point only: the resolver uses plain http, to which `https_proxy` does not apply. */
function useProxy(stage: Stage, environment: Record<string, string>): void {
  stage.after(setEnvironment({ ...NO_PROXY_AT_ALL, ...environment }));
}

describe("a proxy that the environment names", () => {
  const stage = useStage({ accessPoints: 1 });

  for (const [name, scheme] of [
    ["https_proxy", "http://"],
    ["HTTPS_PROXY", ""],
    ["ALL_PROXY", ""],
  ] as const) {
    it(`by ${name}, as ${scheme}host:port, is asked to CONNECT to the access point`, async () => {
      const proxy = await startProxy();
      stage.current.after(proxy.close);
      useProxy(stage.current, {
        [name]: `${scheme}${proxy.address}`,
        // ALL_PROXY applies to plain http too, and therefore to the resolver.
        no_proxy: new URL(stage.current.simulator.endpoints.apResolve).host,
      });
      const session = await stage.current.connected();
      assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
      assert.deepEqual(proxy.asked, [
        {
          target: stage.current.simulator.accessPoints[0],
          authorization: undefined,
          userAgent: USER_AGENT,
        },
      ]);
    });
  }

  for (const [written, meant] of [
    ["user:p%40ss%20word", "user:p@ss word"],
    ["user:100%", "user:100%"],
    ["user", "user:"],
  ] as const) {
    it(`is sent the login from its address: ${meant}`, async () => {
      const proxy = await startProxy();
      stage.current.after(proxy.close);
      useProxy(stage.current, { https_proxy: `http://${written}@${proxy.address}` });
      await stage.current.connected();
      const [, shown] = proxy.asked[0]!.authorization!.split(" ");
      assert.equal(Buffer.from(shown!, "base64").toString(), meant);
    });
  }

  for (const status of [407, 403, 502]) {
    it(`that answers ${status} is named in the error, with its answer and without its password`, async () => {
      const { simulator, time } = stage.current;
      const proxy = await startProxy(() => `HTTP/1.1 ${status} No\r\nContent-Length: 4\r\n\r\nsorry`);
      stage.current.after(proxy.close);
      useProxy(stage.current, { https_proxy: `http://user:hunter2@${proxy.address}` });
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect({ timeout: 2_000 }));
      await time.advance(2_100);
      assert.equal(connecting.error?.code, "UNREACHABLE");
      assert.ok(connecting.error.message.includes(proxy.address), connecting.error.message);
      assert.ok(connecting.error.message.includes(String(status)), connecting.error.message);
      assert.ok(!connecting.error.message.includes("hunter2"));
      assert.equal(simulator.stats.connections, 0, "nobody goes past the proxy");
    });
  }

  it("that does not answer is waited for as long as for an access point, and no longer", async () => {
    const { time } = stage.current;
    const mute = await serve(() => undefined);
    stage.current.after(mute.close);
    useProxy(stage.current, { https_proxy: `http://${mute.address}` });
    const session = stage.current.session(stage.current.account());
    const troubles: string[] = [];
    session.on("trouble", ({ code }) => troubles.push(code));
    void session.connect().catch(() => undefined);
    await time.advance(20_000);
    assert.equal(troubles[0], "TIMEOUT");
  });

  it("is not used for the hosts in no_proxy", async () => {
    const proxy = await startProxy();
    stage.current.after(proxy.close);
    useProxy(stage.current, { https_proxy: `http://${proxy.address}`, no_proxy: "example.org,127.0.0.1" });
    const session = await stage.current.connected();
    assert.equal(session.state, "ready");
    assert.deepEqual(proxy.asked, []);
  });

  it("is asked for the access points at port 443 first, because many proxies allow no other port", async () => {
    const { simulator, time } = stage.current;
    const only443 = (request: Connect): string | undefined =>
      request.target.endsWith(":443") ? undefined : "HTTP/1.1 403 No\r\n\r\n";
    const proxy = await startProxy(only443);
    stage.current.after(proxy.close);
    const resolver = await resolverNaming(() => [...simulator.accessPoints, "127.0.0.1:80", "127.0.0.1:443"]);
    stage.current.after(resolver.close);
    useProxy(stage.current, { https_proxy: `http://${proxy.address}` });
    const session = stage.current.session(stage.current.account(), {
      endpoints: { apResolve: resolver.url },
    });
    void session.connect().catch(() => undefined);
    await time.advance(100);
    assert.equal(proxy.asked[0]!.target, "127.0.0.1:443");
  });

  it("whose address is invalid is reported as such", async () => {
    const { time } = stage.current;
    useProxy(stage.current, { https_proxy: "http://user:hunter2@[nowhere" });
    const session = stage.current.session(stage.current.account());
    const connecting = new Outcome(session.connect({ timeout: 2_000 }));
    await time.advance(2_100);
    assert.equal(connecting.error?.code, "INVALID_ARGUMENT");
    assert.match(connecting.error.message, /proxy/);
  });
});
