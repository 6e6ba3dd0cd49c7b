/**
 * A distant TLS 1.3 server in front of an HTTP server on loopback. Every byte takes half a round trip in each
 * direction. A connect takes a round trip too, as in TCP.
 */
import { createServer as createHttpsServer } from "node:https";
import { request } from "node:http";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { generate } from "selfsigned";

export interface DistantTls {
  url: string;
  close(): void;
}

export interface Certificate {
  /** PEM */
  cert: string;
  key: string;
}

/** A self-signed certificate for 127.0.0.1. */
export async function makeCertificate(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "bench" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { cert, key };
}

/** @param target base URL of the HTTP server; @param roundTrip ms */
export async function startDistantTls(
  target: string,
  certificate: Certificate,
  roundTrip: number,
): Promise<DistantTls> {
  const sockets = new Set<Socket>();
  const tls = createHttpsServer({ ...certificate, minVersion: "TLSv1.3" }, (incoming, response) => {
    const { method, headers, url = "/" } = incoming;
    const onward = request(target + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  const near = (tls.address() as AddressInfo).port;
  const server = createServer((client) => {
    const onward = connect({ host: "127.0.0.1", port: near });
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
    }
    // On loopback the connect itself is instant, so the first bytes wait for it.
    const connected = performance.now() + roundTrip;
    const half = roundTrip / 2;
    client.on("data", (bytes) => {
      const wait = Math.max(0, connected - performance.now()) + half;
      setTimeout(() => onward.write(bytes), wait);
    });
    onward.on("data", (bytes) => setTimeout(() => client.write(bytes), half));
    client.on("close", () => onward.destroy());
    onward.on("close", () => setTimeout(() => client.destroy(), half));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      tls.close();
      tls.closeAllConnections();
    },
  };
}
