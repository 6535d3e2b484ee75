import type { Bitmap } from "./rle";

/** A mask's border as closed polygons in video pixels, with its highest point. */
export interface Outline {
  path: Path2D;
  top: { x: number; y: number } | null;
}

const STEP_X = [1, 0, -1, 0];
const STEP_Y = [0, 1, 0, -1];

/**
 * Traces the edges between object and background with the object on the right. The polygons connect the midpoints of
 * the edges, so that slanted borders have no stair steps.
 */
export function outlineOf({ width, height, data }: Bitmap): Outline {
  const path = new Path2D();
  const stride = width + 1;
  // For each pixel corner, the directions of the border edges that start there: right 1, down 2, left 4, up 8.
  const edges = new Uint8Array(stride * (height + 1));
  let top: Outline["top"] = null;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!data[at]) continue;
      top ??= { x: x + 0.5, y };
      const corner = y * stride + x;
      if (y === 0 || !data[at - width]) edges[corner]! |= 1;
      if (x === width - 1 || !data[at + 1]) edges[corner + 1]! |= 2;
      if (y === height - 1 || !data[at + width]) edges[corner + stride + 1]! |= 4;
      if (x === 0 || !data[at - 1]) edges[corner + stride]! |= 8;
    }
  }
  for (let start = 0; start < edges.length; start++) {
    while (edges[start]) trace(edges, start, stride, path);
  }
  return { path, top };
}

function trace(edges: Uint8Array, start: number, stride: number, path: Path2D): void {
  let at = start;
  let direction = Math.log2(edges[start]! & -edges[start]!);
  let first = true;
  do {
    const starting = edges[at]!;
    // Where two borders touch at a corner, turning right first keeps them separate.
    if (!first) direction = [1, 0, 3].map((turn) => (direction + turn) % 4).find((each) => starting & (1 << each)) ?? direction;
    edges[at] = starting & ~(1 << direction);
    const x = (at % stride) + STEP_X[direction]! / 2;
    const y = Math.floor(at / stride) + STEP_Y[direction]! / 2;
    if (first) path.moveTo(x, y);
    else path.lineTo(x, y);
    first = false;
    at += STEP_X[direction]! + STEP_Y[direction]! * stride;
  } while (at !== start);
  path.closePath();
}
