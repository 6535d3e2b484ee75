import type { Bitmap } from "./rle";

/** A mask's border as closed polygons in video pixels, and the highest point of it. */
export interface Outline {
  path: Path2D;
  top: { x: number; y: number } | null;
  area: number;
}

const STEP_X = [1, 0, -1, 0];
const STEP_Y = [0, 1, 0, -1];

/**
 * Follows the edges between object and background, the object always on the right hand. The polygon goes through
 * the edges' midpoints, so slanted borders come out slanted rather than as stairs.
 */
export function outlineOf({ width, height, data }: Bitmap): Outline {
  const path = new Path2D();
  const stride = width + 1;
  // For each corner, the directions (right, down, left, up) in which a border edge leaves it, one bit each.
  const leaving = new Uint8Array(stride * (height + 1));
  let top: Outline["top"] = null;
  let area = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!data[at]) continue;
      area++;
      top ??= { x: x + 0.5, y };
      const corner = y * stride + x;
      if (y === 0 || !data[at - width]) leaving[corner]! |= 1;
      if (x === width - 1 || !data[at + 1]) leaving[corner + 1]! |= 2;
      if (y === height - 1 || !data[at + width]) leaving[corner + stride + 1]! |= 4;
      if (x === 0 || !data[at - 1]) leaving[corner + stride]! |= 8;
    }
  }
  for (let start = 0; start < leaving.length; start++) {
    while (leaving[start]) follow(leaving, start, stride, path);
  }
  return { path, top, area };
}

function follow(leaving: Uint8Array, start: number, stride: number, path: Path2D): void {
  let at = start;
  let direction = Math.log2(leaving[start]! & -leaving[start]!);
  let first = true;
  do {
    const out = leaving[at]!;
    // Where two borders touch at a corner, the sharp right turn keeps them apart.
    if (!first) direction = [1, 0, 3].map((turn) => (direction + turn) % 4).find((each) => out & (1 << each)) ?? direction;
    leaving[at] = out & ~(1 << direction);
    const x = (at % stride) + STEP_X[direction]! / 2;
    const y = Math.floor(at / stride) + STEP_Y[direction]! / 2;
    if (first) path.moveTo(x, y);
    else path.lineTo(x, y);
    first = false;
    at += STEP_X[direction]! + STEP_Y[direction]! * stride;
  } while (at !== start);
  path.closePath();
}
