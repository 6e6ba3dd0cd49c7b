import { CpuFamily, Os } from "../proto/gen/authentication_pb";
import { Platform } from "../proto/gen/keyexchange_pb";

/**
 * The platform that the hello names. Android is sent as Linux, because access points answer Android with TryAnotherAP.
 * Source: librespot core/src/connection/handshake.rs.
 */
export function clientPlatform(): Platform {
  const is64BitIntel = process.arch === "x64";
  switch (process.platform) {
    case "win32":
      return is64BitIntel ? Platform.WIN32_X86_64 : Platform.WIN32_X86;
    case "darwin":
      return is64BitIntel ? Platform.OSX_X86_64 : Platform.OSX_X86;
    case "freebsd":
    case "openbsd":
    case "netbsd":
      return is64BitIntel ? Platform.FREEBSD_X86_64 : Platform.FREEBSD_X86;
    default:
      if (process.arch === "arm" || process.arch === "arm64") return Platform.LINUX_ARM;
      return is64BitIntel ? Platform.LINUX_X86_64 : Platform.LINUX_X86;
  }
}

/** The processor that the login names. Source: librespot core/src/connection/mod.rs. */
export function cpuFamily(): CpuFamily {
  switch (process.arch) {
    case "arm":
    case "arm64":
      return CpuFamily.CPU_ARM;
    case "ia32":
      return CpuFamily.CPU_X86;
    case "x64":
      return CpuFamily.CPU_X86_64;
    default:
      return CpuFamily.CPU_UNKNOWN;
  }
}

/** The operating system that the login names. Source: librespot core/src/connection/mod.rs. */
export function operatingSystem(): Os {
  switch (process.platform) {
    case "android":
      return Os.ANDROID;
    case "darwin":
      return Os.OSX;
    case "freebsd":
    case "openbsd":
    case "netbsd":
      return Os.FREEBSD;
    case "linux":
      return Os.LINUX;
    case "win32":
      return Os.WINDOWS;
    default:
      return Os.UNKNOWN;
  }
}
