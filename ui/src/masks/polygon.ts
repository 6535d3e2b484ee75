import type { Bitmap } from "./rle";

type Point = { x: number; y: number };

/** Sets every pixel whose center is inside the closed polygon, by the even-odd rule. Coordinates are video pixels. */
export function fillPolygon({ width, height, data }: Bitmap, points: Point[], value: 0 | 1): void {
  for (let y = 0; y < height; y++) {
    const crossings: number[] = [];
    points.forEach((from, index) => {
      const to = points[(index + 1) % points.length]!;
      if (from.y <= y + 0.5 !== to.y <= y + 0.5) crossings.push(from.x + ((y + 0.5 - from.y) / (to.y - from.y)) * (to.x - from.x));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const first = Math.max(0, Math.ceil(crossings[pair]! - 0.5));
      const last = Math.min(width - 1, Math.ceil(crossings[pair + 1]! - 0.5) - 1);
      if (first <= last) data.fill(value, y * width + first, y * width + last + 1);
    }
  }
}
