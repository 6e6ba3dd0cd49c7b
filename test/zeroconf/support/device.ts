import { networkInterfaces } from "node:os";
import { Discovery, type DiscoveryOptions, type Tap } from "../../../src/zeroconf/discovery";

export const DEVICE_ID = "0123456789abcdef0123456789abcdef01234567";
export const KEYMASTER = "65b708073fc0480ea92a077233ca87bd";

/** The name of the machine's loopback interface. */
const LOOPBACK = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ internal }) => internal),
)![0];

/** The requests to a device in a test. */
export class Recorder {
  readonly taps: Tap[] = [];
  resets = 0;
  readonly log: string[] = [];
}

/** The devices of a suite, only on loopback; closed after each test. */
export class Devices {
  readonly #all: Discovery[] = [];

  /** @param closesThem false if the suite closes them itself */
  constructor(closesThem = true) {
    if (closesThem) afterEach(() => this.close());
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((device) => device.close()));
  }

  make(options: Partial<DiscoveryOptions> = {}): { device: Discovery; recorder: Recorder } {
    const recorder = new Recorder();
    const device = new Discovery({
      deviceId: () => DEVICE_ID,
      deviceName: "Kitchen",
      clientId: () => KEYMASTER,
      activeUser: () => undefined,
      onTap: async (tap) => {
        recorder.taps.push(tap);
      },
      onReset: async () => {
        recorder.resets++;
      },
      log: (_level, message) => recorder.log.push(message),
      interfaces: [LOOPBACK],
      ...options,
    });
    this.#all.push(device);
    return { device, recorder };
  }

  async started(
    options?: Partial<DiscoveryOptions>,
  ): Promise<{ device: Discovery; recorder: Recorder; port: number }> {
    const made = this.make(options);
    await made.device.start();
    return { ...made, port: made.device.port! };
  }
}
