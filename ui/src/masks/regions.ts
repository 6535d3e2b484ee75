import type { Bitmap } from "./rle";

/** Parts smaller than this fraction of the largest one are specks. */
const SPECK = 0.1;

/** The mask with everything that it encloses. */
export function fillHoles(mask: Bitmap): Bitmap {
  const { width, height } = mask;
  const filled = new Uint8Array(mask.data.length).fill(1);
  for (const region of regionsOf(mask, 0)) {
    if (region.some((at) => at % width === 0 || at % width === width - 1 || at < width || at >= width * (height - 1))) {
      for (const at of region) filled[at] = 0;
    }
  }
  return { width, height, data: filled };
}

/** The mask without its parts that are much smaller than its largest one. */
export function dropSpecks(mask: Bitmap): Bitmap {
  const regions = regionsOf(mask, 1);
  const largest = regions.reduce((most, { length }) => Math.max(most, length), 0);
  const data = new Uint8Array(mask.data.length);
  for (const region of regions.filter(({ length }) => length >= SPECK * largest)) for (const at of region) data[at] = 1;
  return { ...mask, data };
}

/** The box around the mask as [left, top, right, bottom], right and bottom excluded; null where it is empty. */
export function boundsOf({ width, height, data }: Bitmap): [number, number, number, number] | null {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 0; at < data.length; at++) {
    if (!data[at]) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return right > 0 ? [left, top, right, bottom] : null;
}

/** The connected regions of a value, as pixel indices: the object's by 8 neighbors, the background's by 4. */
function regionsOf({ width, height, data }: Bitmap, value: 0 | 1): number[][] {
  const seen = new Uint8Array(data.length);
  const regions: number[][] = [];
  for (let start = 0; start < data.length; start++) {
    if (seen[start] || data[start] !== value) continue;
    const region = [start];
    seen[start] = 1;
    for (let next = 0; next < region.length; next++) {
      const at = region[next]!;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (value === 0 && dx && dy) continue;
          const [nx, ny] = [x + dx, y + dy];
          const other = ny * width + nx;
          if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen[other] || data[other] !== value) continue;
          seen[other] = 1;
          region.push(other);
        }
      }
    }
    regions.push(region);
  }
  return regions;
}
