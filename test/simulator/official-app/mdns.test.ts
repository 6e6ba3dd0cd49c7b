import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { getResponder, type Responder } from "@homebridge/ciao";
import { findService, isHere, type FoundService } from "./mdns-browse";
import { firstLabel, readRecords, RecordType, writeQuery } from "./mdns-message";

const TYPE = "_spotify-connect._tcp.local";

describe("simulator: mDNS", () => {
  describe("messages", () => {
    it("ask for an answer only to the asker", () => {
      const query = writeQuery([{ name: "_a._tcp.local", type: RecordType.PTR }]);
      assert.equal(query.toString("hex"), "000000000001000000000000025f61045f746370056c6f63616c00000c8001");
      assert.deepEqual(readRecords(query), []);
    });

    it("are read with names that point back, dots in labels, and types that were not requested", () => {
      const message = Buffer.concat([
        Buffer.from("000084000000000500000000", "hex"),
        // At 12: _a._tcp.local PTR → a.b before the name at 12.
        Buffer.from("025f61045f746370056c6f63616c00000c000100000078000603612e62c00c", "hex"),
        // SRV of that: priority, weight, port 4711, target host.local
        Buffer.from("c02500210001000000780000", "hex"),
      ]);
      // The SRV's data, whose length is written once it is known.
      const target = Buffer.from("00000000126704686f7374c014", "hex");
      message.writeUInt16BE(target.length, message.length - 2);
      const rest = Buffer.from(
        "c025001000010000007800060543503d2f78" + // TXT: CP=/x
          "c03d00010001000000780004c0000201" + // A 192.0.2.1
          "c02500ff00010000007800020000", // of type 255
        "hex",
      );
      const records = readRecords(Buffer.concat([message, target, rest]));
      assert.deepEqual(
        records.map(({ type }) => type),
        ["PTR", "SRV", "TXT", "address"],
      );
      const [ptr, srv, txt, address] = records;
      assert.ok(
        ptr?.type === "PTR" && srv?.type === "SRV" && txt?.type === "TXT" && address?.type === "address",
      );
      assert.equal(firstLabel(ptr.target), "a.b");
      assert.deepEqual([srv.name, srv.port, srv.target], [ptr.target, 4711, "host.local"]);
      assert.deepEqual(txt.values, { cp: "/x" });
      assert.deepEqual([address.name, address.address], ["host.local", "192.0.2.1"]);
    });

    const nonsense = {
      nothing: "",
      "a name that points to itself": "000084000000000100000000c00c000c00010000000000020000",
      "a record longer than its message": "00008400000000010000000000000c000100000000ffff",
      "65,535 records": "000084000000ffff00000000",
    };
    for (const [what, hex] of Object.entries(nonsense)) {
      it(`are refused: ${what}`, () => {
        assert.throws(() => readRecords(Buffer.from(hex, "hex")), RangeError);
      });
    }
  });

  describe("browsing", () => {
    const name = `Küche 🎵 ${process.pid}`;
    let responder: Responder;

    before(async () => {
      responder = getResponder();
      const txt = { VERSION: "1.0", CPath: "/zc" };
      await responder.createService({ name, type: "spotify-connect", port: 4711, txt }).advertise();
    });

    after(() => responder.shutdown());

    it("finds a service that a public library advertises, on this machine", async () => {
      const accept = async (service: FoundService) => (service.name === name ? service : undefined);
      const found = await findService(TYPE, accept, 5000);
      assert.deepEqual([found.port, found.texts["cpath"], found.texts["version"]], [4711, "/zc", "1.0"]);
      assert.equal(isHere(found), true);
      assert.equal(isHere({ ...found, addresses: ["192.0.2.77"] }), false);
    });

    it("finds a responder that always answers by multicast, like librespot-java's", async () => {
      const loud = await MulticastResponder.start(`Loud ${process.pid}`);
      try {
        const accept = async (service: FoundService) => (service.name === loud.name ? service : undefined);
        const found = await findService(TYPE, accept, 5000);
        assert.deepEqual([found.port, found.texts], [4712, { cpath: "/" }]);
      } finally {
        loud.close();
      }
    });

    it("names the services that it found if the wanted one is missing, and closes", async () => {
      const nobody = async () => undefined;
      await assert.rejects(findService("_no-such-thing._tcp.local", nobody, 1), /in 1 ms; there is nobody/);
    });
  });
});

/** Answers each query with all records, only to the group. */
class MulticastResponder {
  readonly name: string;
  readonly #socket = createSocket({ type: "udp4", reuseAddr: true });

  private constructor(name: string) {
    this.name = name;
    this.#socket.on("message", (message) => {
      const isQuery = (message.readUInt16BE(2) & 0x8000) === 0;
      if (isQuery) this.#socket.send(this.#answer(), 5353, "224.0.0.251");
    });
  }

  static async start(name: string): Promise<MulticastResponder> {
    const responder = new MulticastResponder(name);
    const bound = once(responder.#socket, "listening");
    responder.#socket.bind(5353);
    await bound;
    responder.#socket.addMembership("224.0.0.251");
    return responder;
  }

  close(): void {
    this.#socket.close();
  }

  #answer(): Buffer {
    const service = [this.name, "_spotify-connect", "_tcp", "local"];
    const port = Buffer.from("000000001268", "hex");
    const records = [
      record(service.slice(1), RecordType.PTR, nameOf(service)),
      record(service, RecordType.SRV, Buffer.concat([port, nameOf(["loud", "local"])])),
      record(service, RecordType.TXT, label("CPath=/")),
      record(["loud", "local"], RecordType.A, Buffer.of(127, 0, 0, 1)),
    ];
    return Buffer.concat([Buffer.from("000084000000000400000000", "hex"), ...records]);
  }
}

/** A DNS record that is valid for two minutes. */
function record(labels: readonly string[], type: number, data: Buffer): Buffer {
  const head = Buffer.from("00000001000000780000", "hex");
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameOf(labels), head, data]);
}

function nameOf(labels: readonly string[]): Buffer {
  return Buffer.concat([...labels.map(label), Buffer.of(0)]);
}

function label(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
