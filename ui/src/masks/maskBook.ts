import type { MaskPartsFragment, MaskSource } from "../api/generated/graphql";
import { type Bitmap, decode } from "./rle";
import { type Outline, outlineOf } from "./outline";

/** One object's mask on one frame, as it came from the server. Never changed, only replaced. */
export interface Mask {
  /** Rises with every mask that comes in, so that two masks are never taken for one another. */
  serial: number;
  objectId: number;
  width: number;
  height: number;
  counts: string;
  predictedIou: number | null;
  objectScore: number | null;
  source: MaskSource;
  /** Whether it was tracked from later frames. */
  reverse: boolean;
  /** Whether a prompt that it was tracked from has changed since. */
  stale: boolean;
}

let serial = 0;
const bitmaps = new WeakMap<object, Bitmap>();
const outlines = new WeakMap<object, Outline>();

interface Encoded {
  rleMask: { size: number[]; counts: string };
}

export function maskOf(parts: MaskPartsFragment, reverse: boolean): Mask {
  const [height = 0, width = 0] = parts.rleMask.size;
  return {
    serial: ++serial,
    objectId: parts.objectId,
    width,
    height,
    counts: parts.rleMask.counts,
    predictedIou: parts.predictedIou ?? null,
    objectScore: parts.objectScore ?? null,
    source: parts.source,
    reverse,
    stale: false,
  };
}

export function bitmapOf(mask: Mask): Bitmap {
  return remember(bitmaps, mask, () => decode(mask.counts, mask.width, mask.height));
}

export function outlineOfMask(mask: Mask): Outline {
  return remember(outlines, mask, () => outlineOf(decode(mask.counts, mask.width, mask.height)));
}

export function outlineOfEncoded(encoded: Encoded): Outline {
  const [height = 0, width = 0] = encoded.rleMask.size;
  return remember(outlines, encoded, () => outlineOf(decode(encoded.rleMask.counts, width, height)));
}

function remember<T>(kept: WeakMap<object, T>, key: object, make: () => T): T {
  let value = kept.get(key);
  if (value === undefined) {
    value = make();
    kept.set(key, value);
  }
  return value;
}

/** The masks of a session by frame and object. */
export class MaskBook {
  #frames = new Map<number, Map<number, Mask>>();

  get(frame: number, objectId: number): Mask | undefined {
    return this.#frames.get(frame)?.get(objectId);
  }

  on(frame: number): Mask[] {
    return [...(this.#frames.get(frame)?.values() ?? [])];
  }

  /** The frames with a mask of the object, in rising order. */
  framesOf(objectId: number): number[] {
    return [...this.#frames].filter(([, masks]) => masks.has(objectId)).map(([frame]) => frame).sort((a, b) => a - b);
  }

  /** Takes what the server says of a frame: objects that it does not name have no mask there. */
  replace(frame: number, masks: Mask[]): void {
    if (masks.length) this.#frames.set(frame, new Map(masks.map((mask) => [mask.objectId, mask])));
    else this.#frames.delete(frame);
  }

  put(frame: number, mask: Mask): void {
    const masks = this.#frames.get(frame) ?? new Map<number, Mask>();
    this.#frames.set(frame, masks.set(mask.objectId, mask));
  }

  remove(frame: number, objectId: number): void {
    this.#frames.get(frame)?.delete(objectId);
  }

  removeObject(objectId: number): void {
    for (const masks of this.#frames.values()) masks.delete(objectId);
  }

  clear(): void {
    this.#frames.clear();
  }

  /** Marks what was tracked from a prompt that has changed. Returns the object's stale frames. */
  markStale(objectId: number, changedFrame: number): void {
    for (const [frame, masks] of this.#frames) {
      const mask = masks.get(objectId);
      if (!mask || mask.source === "PROMPT" || mask.stale || frame === changedFrame) continue;
      if (mask.reverse ? changedFrame > frame : changedFrame < frame) masks.set(objectId, { ...mask, stale: true });
    }
  }

  staleFrames(objectId: number): number[] {
    return this.framesOf(objectId).filter((frame) => this.get(frame, objectId)?.stale);
  }
}
