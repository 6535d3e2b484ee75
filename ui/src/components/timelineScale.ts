export const ROW = 30;
export const RULER = 20;
const PAD = 12;
/** CSS pixels that a frame takes at the largest zoom. */
export const WIDEST_FRAME = 32;

/** Where frames are on a timeline of a width in CSS pixels. */
export class Scale {
  readonly step: number;

  constructor(
    readonly width: number,
    readonly count: number,
  ) {
    this.step = (width - 2 * PAD) / Math.max(count, 1);
  }

  /** The center of a frame. */
  x(frame: number): number {
    return PAD + (frame + 0.5) * this.step;
  }

  frameAt(x: number): number {
    return Math.max(0, Math.min(this.count - 1, Math.floor((x - PAD) / this.step)));
  }

  /** A path with one rectangle for each run of consecutive frames. */
  bands(frames: number[], top: number, height: number): string {
    let path = "";
    for (let first = 0; first < frames.length; ) {
      let last = first;
      while (frames[last + 1] === frames[last]! + 1) last++;
      const x = this.x(frames[first]!) - this.step / 2;
      const width = (last - first + 1) * this.step;
      path += `M${x.toFixed(1)} ${top}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`;
      first = last + 1;
    }
    return path;
  }
}

/** The least confidence of each step of doubt, from sure to most in doubt. */
export const DOUBT_STEPS = [0.9, 0.75, 0.5, 0.25, 0];

/** The step of doubt of a confidence, an index of `DOUBT_STEPS`. */
export function doubtOf(confidence: number): number {
  return DOUBT_STEPS.findIndex((least) => confidence >= least);
}
