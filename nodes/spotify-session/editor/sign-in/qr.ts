/** A text as a QR picture. Pure. */
import { encode } from "uqr";

export interface QrPicture {
  /** Width and height in modules, with the quiet zone. */
  size: number;
  /** The dark modules, as the `d` of an SVG path; one unit is one module. */
  path: string;
}

/** What a reader needs around the code, in modules. ISO/IEC 18004. */
const QUIET_ZONE = 4;

export function qrPicture(text: string): QrPicture {
  const { size, data } = encode(text, { border: QUIET_ZONE });
  return { size, path: data.flatMap(runsOf).join("") };
}

/** The dark modules of a row that lie side by side, each such run as one rectangle. */
function runsOf(row: readonly boolean[], y: number): string[] {
  const runs: string[] = [];
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue;
    const start = x;
    while (row[x + 1] === true) x++;
    runs.push(`M${start} ${y}h${x + 1 - start}v1H${start}z`);
  }
  return runs;
}
