/** The published clients, and how to get and start each of them. */
import { join } from "node:path";
import type { SimulatorOptions } from "../simulator";
import { javaWith, pythonWith } from "./toolchain";

const DRIVERS = join(__dirname, "drivers");

/** The client with its driver program, as JSON for the namespace. */
export interface Driver {
  command: string;
  args: string[];
}

export interface Client {
  name: string;
  version: string;
  /** Gets the client. @throws Missing */
  prepare(folder: string): Promise<Driver>;
  /** Policy of the Spotify that it uses. */
  policy?: SimulatorOptions["policy"];
  /** Whether one of our devices is on the network for it to tap. */
  meetsOurDevice?: boolean;
}

export const CLIENTS: readonly Client[] = [
  {
    name: "librespot (PyPI)",
    version: "0.0.10",
    prepare: (folder) =>
      // Its generated messages come from this protobuf, regardless of what else its metadata allows.
      python(folder, ["librespot==0.0.10", "protobuf==3.20.1"], "drive_librespot.py"),
    // It sends Login5 no client token, and its users can log in anyway.
    policy: { login5NeedsClientToken: false },
  },
  {
    name: "librespot-java",
    version: "1.6.3",
    prepare: async (folder) => ({
      command: "java",
      args: ["-cp", await javaWith(folder, join(DRIVERS, "librespot-java")), "Driver"],
    }),
  },
  {
    name: "spotipy",
    version: "2.26.0",
    prepare: (folder) => python(folder, ["spotipy==2.26.0"], "drive_spotipy.py"),
  },
  {
    name: "spotifywebapiPython",
    version: "1.0.296",
    prepare: (folder) => python(folder, ["spotifywebapiPython==1.0.296"], "drive_spotifywebapi.py"),
    meetsOurDevice: true,
  },
];

async function python(folder: string, packages: readonly string[], driver: string): Promise<Driver> {
  return { command: await pythonWith(folder, packages), args: [join(DRIVERS, driver)] };
}
