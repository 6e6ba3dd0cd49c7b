import assert from "node:assert/strict";
import { platformData, thisMachine, type Machine } from "../../src/login5/platform-data";

const LINUX: Machine = {
  platform: "linux",
  arch: "arm64",
  release: "6.6.31+rpt-rpi-v8",
  version: "#1 SMP PREEMPT Debian",
  hardware: "aarch64",
};

/** The kind of data, and its fields. */
function said(machine: Partial<Machine>): [string | undefined, Record<string, unknown>] {
  const { data } = platformData({ ...LINUX, ...machine });
  const { $typeName: _, ...fields } = { ...data.value, $typeName: "" };
  return [data.case, fields];
}

describe("the data about the machine in a request for a client token", () => {
  it("are those of uname, on Linux and on any system that has no kind of data", () => {
    const expected = {
      systemName: "Linux",
      systemRelease: "6.6.31+rpt-rpi-v8",
      systemVersion: "#1 SMP PREEMPT Debian",
      hardware: "aarch64",
    };
    for (const platform of ["linux", "freebsd", "android", "sunos"]) {
      assert.deepEqual(said({ platform }), ["desktopLinux", expected], platform);
    }
  });

  it("are macOS's version and processor", () => {
    const versions = {
      "19.6.0": "11.0",
      "20.6.0": "11.6",
      "23.5.0": "14.5",
      "24.1.0": "15.1",
      "25.0.0": "26.0",
      "": "11.0",
    };
    for (const [release, systemVersion] of Object.entries(versions)) {
      const expected = { systemVersion, hwModel: "iMac21,1", compiledCpuType: "aarch64" };
      assert.deepEqual(said({ platform: "darwin", release }), ["desktopMacos", expected], release);
    }
    assert.equal(said({ platform: "darwin", arch: "x64" })[1]["compiledCpuType"], "x86_64");
  });

  it("are Windows's version, build and machine", () => {
    const common = { platformId: 2, unknownValue6: 9, unknownValue10: true };
    const build = { osVersion: 10, osBuild: 22631 };
    const machines = { x64: [34404, 34404], arm64: [452, 43620], arm: [452, 448], ia32: [332, 332] };
    for (const [arch, [imageFileMachine, peMachine]] of Object.entries(machines)) {
      const expected = { ...common, ...build, imageFileMachine, peMachine };
      assert.deepEqual(
        said({ platform: "win32", arch, release: "10.0.22631" }),
        ["desktopWindows", expected],
        arch,
      );
    }
    const [, unknown] = said({ platform: "win32", release: "unknown" });
    assert.deepEqual([unknown["osVersion"], unknown["osBuild"]], [10, 21370]);
  });

  it("can be read from this machine", () => {
    for (const text of Object.values(thisMachine())) assert.ok(text);
  });
});
