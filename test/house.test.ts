import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const ROOT = resolve(__dirname, "..");

/** The rooms of `src/`, from the top floor to the bottom. A room imports from its own floor and from those below. */
const FLOORS: readonly (readonly string[])[] = [
  ["index"],
  ["session"],
  ["playback", "player", "playlists", "requests", "tokens", "account"],
  ["dealer", "connect-state", "spclient", "web-api", "zeroconf"],
  ["login5", "oauth", "mercury"],
  ["access-point"],
  ["net", "store", "proto"],
  ["async"],
  ["core"],
];

interface Import {
  /** Paths from the root, with slashes. */
  from: string;
  to: string;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.split(sep).join("/")}`);
}

/** Every relative import of a file: of values and of types, at the top or inside a function. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = text.matchAll(
    /\b(?:from|import|require|require\.resolve)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g,
  );
  return [...specifiers].map(([, specifier]) => {
    const target = resolve(ROOT, dirname(file), specifier!);
    return { from: file, to: relative(ROOT, target).split(sep).join("/") };
  });
}

/** `tokens` for `src/tokens/provider`; `index` for `src/index`. */
function roomOf(path: string): string {
  return path.split("/")[1]!.replace(/\.ts$/, "");
}

function floorOf(room: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
  assert.notEqual(floor, -1, `The room src/${room} is on no floor: add it to test/house.test.ts.`);
  return floor;
}

const IN_SRC = filesUnder("src").flatMap(importsOf);
const IN_NODES = filesUnder("nodes").flatMap(importsOf);

function described(imports: readonly Import[]): string[] {
  return imports.map(({ from, to }) => `${from} imports ${to}`);
}

describe("The house", () => {
  it("has imports that point down only", () => {
    const upwards = IN_SRC.filter(({ from, to }) => {
      if (!to.startsWith("src/")) return true;
      return floorOf(roomOf(to)) < floorOf(roomOf(from));
    });
    assert.deepEqual(described(upwards), []);
  });

  it("has no circle between two rooms of a floor", () => {
    const between = IN_SRC.filter(({ from, to }) => roomOf(from) !== roomOf(to));
    const targets = (room: string): string[] =>
      between.filter(({ from }) => roomOf(from) === room).map(({ to }) => roomOf(to));
    const reaches = (room: string, goal: string, seen: Set<string>): boolean =>
      targets(room).some((next) => {
        if (next === goal) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, goal, seen);
      });
    const inCircle = between.filter(({ from, to }) =>
      reaches(roomOf(to), roomOf(from), new Set([roomOf(to)])),
    );
    assert.deepEqual(described(inCircle), []);
  });

  it("keeps each node out of the folders of the others", () => {
    const folderOf = (path: string): string => path.split("/")[1]!;
    const across = IN_NODES.filter(({ from, to }) => {
      if (!to.startsWith("nodes/")) return false;
      const target = folderOf(to);
      return target !== folderOf(from) && target !== "shared";
    });
    assert.deepEqual(described(across), []);
  });

  it("follows several signals with withEither: AbortSignal.any leaks on Node.js 20 if one of them lives long", () => {
    const files = [...filesUnder("src"), ...filesUnder("nodes")];
    const users = files.filter((file) => /AbortSignal\.any\(/.test(readFileSync(join(ROOT, file), "utf8")));
    assert.deepEqual(users, []);
  });
});
