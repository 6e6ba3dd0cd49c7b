/** The simulated devices of an account. */
import { DeviceType } from "../../../src/proto/gen/connect_pb";
import { SimulatedDevice, type DeviceHost, type DeviceOptions } from "./devices";

/** More than any account has. */
const MAX_DEVICES = 1000;

export class DeviceList {
  readonly #host: DeviceHost;
  readonly #devices: SimulatedDevice[] = [];
  /** The devices of every account at the start. */
  readonly kitchen: SimulatedDevice;

  constructor(host: DeviceHost) {
    this.#host = host;
    this.kitchen = this.add({
      name: "Kitchen",
      id: "51d0000000000000000000000000000000000001",
      volume: 40,
    });
    this.add({
      name: "Study",
      id: "51d0000000000000000000000000000000000002",
      type: DeviceType.COMPUTER,
      volume: 65,
    });
  }

  get all(): readonly SimulatedDevice[] {
    return this.#devices;
  }

  /** @throws RangeError if there are too many, or one with this ID */
  add(options: DeviceOptions): SimulatedDevice {
    if (this.#devices.length >= MAX_DEVICES) throw new RangeError("There are too many devices");
    if (this.#devices.some(({ id }) => id === options.id)) {
      throw new RangeError("There is a device with this ID");
    }
    const device = new SimulatedDevice(options, this.#host);
    this.#devices.push(device);
    return device;
  }

  /** @returns whether there was such a device */
  remove(device: SimulatedDevice): boolean {
    const number = this.#devices.indexOf(device);
    if (number >= 0) this.#devices.splice(number, 1);
    return number >= 0;
  }
}
