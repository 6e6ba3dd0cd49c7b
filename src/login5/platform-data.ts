import { create } from "@bufbuild/protobuf";
import { machine, release, version } from "node:os";
import {
  NativeDesktopLinuxDataSchema,
  NativeDesktopMacOSDataSchema,
  NativeDesktopWindowsDataSchema,
  PlatformSpecificDataSchema,
  type NativeDesktopLinuxData,
  type NativeDesktopMacOSData,
  type NativeDesktopWindowsData,
  type PlatformSpecificData,
} from "../proto/gen/clienttoken_pb";

/** A machine, as `node:os` and `process` describe it. */
export interface Machine {
  platform: string;
  arch: string;
  /** Of the kernel: `uname -r`. */
  release: string;
  /** `uname -v` */
  version: string;
  /** `uname -m` */
  hardware: string;
}

export function thisMachine(): Machine {
  const { platform, arch } = process;
  return { platform, arch, release: release(), version: version(), hardware: machine() };
}

/**
 * The description of the machine in a request for a client token. All systems but macOS and Windows are sent as Linux, as in
 * librespot.
 *
 * Source: librespot core/src/spclient.rs, client_token; protocol/proto/connectivity.proto.
 */
export function platformData(of: Machine = thisMachine()): PlatformSpecificData {
  switch (of.platform) {
    case "win32":
      return create(PlatformSpecificDataSchema, { data: { case: "desktopWindows", value: windows(of) } });
    case "darwin":
      return create(PlatformSpecificDataSchema, { data: { case: "desktopMacos", value: macOs(of) } });
    default:
      return create(PlatformSpecificDataSchema, { data: { case: "desktopLinux", value: linux(of) } });
  }
}

function linux(of: Machine): NativeDesktopLinuxData {
  return create(NativeDesktopLinuxDataSchema, {
    systemName: "Linux",
    systemRelease: of.release,
    systemVersion: of.version,
    hardware: of.hardware,
  });
}

function macOs(of: Machine): NativeDesktopMacOSData {
  return create(NativeDesktopMacOSDataSchema, {
    systemVersion: macOsVersion(of.release),
    hwModel: "iMac21,1",
    compiledCpuType: of.arch === "arm64" ? "aarch64" : "x86_64",
  });
}

/** Node only knows the version of Darwin: 20 to 24 belong to macOS 11 to 15, 25 to macOS 26. */
function macOsVersion(darwin: string): string {
  const [major = 0, minor = 0] = darwin.split(".").map(Number);
  if (!(major >= 20)) return "11.0";
  return `${major >= 25 ? major + 1 : major - 9}.${minor}`;
}

/** `[imageFileMachine, peMachine]`. Source: librespot core/src/spclient.rs, where arm64 has 43620, which is 0xaa64. */
const WINDOWS_MACHINES: Readonly<Record<string, readonly [number, number]>> = {
  arm: [452, 448],
  arm64: [452, 43620],
  x64: [34404, 34404],
};
const WINDOWS_X86 = [332, 332] as const;

function windows(of: Machine): NativeDesktopWindowsData {
  // "10.0.22631"
  const [major = NaN, , build = NaN] = of.release.split(".").map(Number);
  const [imageFileMachine, peMachine] = WINDOWS_MACHINES[of.arch] ?? WINDOWS_X86;
  return create(NativeDesktopWindowsDataSchema, {
    osVersion: Number.isInteger(major) ? major : 10,
    osBuild: Number.isInteger(build) ? build : 21370,
    platformId: 2,
    unknownValue6: 9,
    imageFileMachine,
    peMachine,
    unknownValue10: true,
  });
}
