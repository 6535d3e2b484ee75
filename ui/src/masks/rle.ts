/**
 * COCO's compressed run-length encoding of masks (cocoapi, maskApi.c): lengths of alternating runs of background and
 * object in column-major order, from the fourth on as the difference to the length two before, each written in
 * groups of 5 bits.
 */

/** A binary mask in row-major order, 1 on the object. */
export interface Bitmap {
  width: number;
  height: number;
  data: Uint8Array;
}

export function decode(counts: string, width: number, height: number): Bitmap {
  const data = new Uint8Array(width * height);
  let position = 0;
  parseRuns(counts).forEach((run, index) => {
    const end = Math.min(position + run, data.length);
    if (index % 2 === 1) {
      let x = Math.floor(position / height);
      let y = position % height;
      for (let at = position; at < end; at++) {
        data[y * width + x] = 1;
        if (++y === height) {
          y = 0;
          x++;
        }
      }
    }
    position = end;
  });
  return { width, height, data };
}

export function encode({ width, height, data }: Bitmap): string {
  const runs: number[] = [];
  let value = 0;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (data[y * width + x] === value) {
        run++;
      } else {
        runs.push(run);
        value = 1 - value;
        run = 1;
      }
    }
  }
  runs.push(run);
  return runs.map((each, index) => formatLength(index > 2 ? each - (runs[index - 2] ?? 0) : each)).join("");
}

function parseRuns(counts: string): number[] {
  const runs: number[] = [];
  let value = 0;
  let shift = 0;
  for (let index = 0; index < counts.length; index++) {
    const group = counts.charCodeAt(index) - 48;
    value |= (group & 31) << shift;
    shift += 5;
    if (group & 32) continue;
    if (group & 16) value |= -1 << shift;
    runs.push(value + (runs.length > 2 ? (runs[runs.length - 2] ?? 0) : 0));
    value = shift = 0;
  }
  return runs;
}

function formatLength(difference: number): string {
  let text = "";
  for (let rest = difference, more = true; more; ) {
    const group = rest & 31;
    rest >>= 5;
    more = group & 16 ? rest !== -1 : rest !== 0;
    text += String.fromCharCode((more ? group | 32 : group) + 48);
  }
  return text;
}
