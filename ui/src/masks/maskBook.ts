import type { Mask } from "./mask";

/** The masks of a session by frame and object. */
export class MaskBook {
  #frames = new Map<number, Map<number, Mask>>();

  get(frame: number, objectId: number): Mask | undefined {
    return this.#frames.get(frame)?.get(objectId);
  }

  /** The frames on which the object has a mask, ascending. */
  framesOf(objectId: number): number[] {
    return [...this.#frames].filter(([, masks]) => masks.has(objectId)).map(([frame]) => frame).sort((a, b) => a - b);
  }

  /** The frames on which the object's mask is stale, ascending. */
  staleFrames(objectId: number): number[] {
    return this.framesOf(objectId).filter((frame) => this.get(frame, objectId)?.stale);
  }

  /** Replaces all masks of a frame. */
  replace(frame: number, masks: Mask[]): void {
    if (masks.length) this.#frames.set(frame, new Map(masks.map((mask) => [mask.objectId, mask])));
    else this.#frames.delete(frame);
  }

  removeObject(objectId: number): void {
    for (const masks of this.#frames.values()) masks.delete(objectId);
  }

  clear(): void {
    this.#frames.clear();
  }

  /** Marks the object's masks in the ranges as stale, and no others. */
  setStale(objectId: number, ranges: { first: number; last: number }[]): void {
    for (const [frame, masks] of this.#frames) {
      const mask = masks.get(objectId);
      const stale = ranges.some(({ first, last }) => first <= frame && frame <= last);
      if (mask && mask.stale !== stale) masks.set(objectId, { ...mask, stale });
    }
  }
}
