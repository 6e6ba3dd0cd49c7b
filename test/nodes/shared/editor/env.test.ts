import assert from "node:assert/strict";
import { type EnvLayer, envMeaning, isEnvReference } from "../../../../nodes/shared/editor/env";

const GROUP: EnvLayer = {
  place: "group",
  title: "Kitchen",
  variables: [
    { name: "APP", value: "keymaster", type: "str" },
    { name: "ROOM", value: "ROOM", type: "env" },
  ],
};
const FLOW: EnvLayer = {
  place: "flow",
  title: "Music",
  variables: [
    { name: "APP", value: "android", type: "str" },
    { name: "ROOM", value: "downstairs", type: "str" },
    { name: "SECRET", value: "__PWRD__", type: "cred" },
    { name: "COMPUTED", value: "$now()", type: "jsonata" },
    { name: "A", value: "${B}", type: "str" },
    { name: "B", value: "A", type: "env" },
  ],
};
const LAYERS = [GROUP, FLOW];

describe("A property that names an environment variable", () => {
  it("is the whole text, as in Node-RED", () => {
    for (const text of ["${NAME}", "${my.name}", "${lower_case}"]) assert.ok(isEnvReference(text), text);
    for (const text of ["NAME", "${}", "${A} ", "x${A}", "${A}${B}", "${A B}", 5, undefined]) {
      assert.equal(isEnvReference(text), false, String(text));
    }
  });

  it("stands for the value in the innermost scope that has it", () => {
    assert.deepEqual(envMeaning("APP", LAYERS), {
      kind: "value",
      value: "keymaster",
      place: "group",
      title: "Kitchen",
    });
    assert.deepEqual(envMeaning("APP", [FLOW]), {
      kind: "value",
      value: "android",
      place: "flow",
      title: "Music",
    });
  });

  it("may refer to a variable of the same name in an outer scope", () => {
    assert.deepEqual(envMeaning("ROOM", LAYERS), {
      kind: "value",
      value: "downstairs",
      place: "flow",
      title: "Music",
    });
  });

  it("does not show a secret, and does not show a formula as the value", () => {
    assert.deepEqual(envMeaning("SECRET", LAYERS), { kind: "secret", place: "flow", title: "Music" });
    assert.equal(envMeaning("COMPUTED", LAYERS).kind, "computed");
  });

  it("may be a variable of the operating system, which only the runtime can read", () => {
    assert.deepEqual(envMeaning("HOME", LAYERS), { kind: "elsewhere" });
  });

  it("has no value if two variables refer to each other", () => {
    assert.deepEqual(envMeaning("A", LAYERS), { kind: "elsewhere" });
  });
});
