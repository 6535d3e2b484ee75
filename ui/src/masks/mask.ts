import { type Outline, outlineOf } from "./outline";
import { type Bitmap, decode } from "./rle";

/** A mask in COCO RLE as the API sends it; `size` is [height, width]. */
export interface EncodedMask {
  size: number[];
  counts: string;
}

/** One object's mask on one frame. Immutable: a change makes another one. */
export interface Mask {
  /** Increases with every new mask; marking a mask as stale keeps it. */
  serial: number;
  objectId: number;
  rle: EncodedMask;
  predictedIou: number | null;
  objectScore: number | null;
  /** ABSENT: a person said that the object is not there; the mask is empty. */
  source: "PROMPT" | "TRACKED" | "LORA" | "IMPORTED" | "ABSENT";
  /** Whether it was tracked backward, from later frames. */
  reverse: boolean;
  /** Whether a prompt that it was tracked from has changed since. */
  stale: boolean;
}

/** The API's fields of a mask. */
interface MaskFields {
  objectId: number;
  rleMask: EncodedMask;
  predictedIou?: number | null;
  objectScore?: number | null;
  source: Mask["source"];
}

let serial = 0;
const bitmaps = new WeakMap<EncodedMask, Bitmap>();
const outlines = new WeakMap<EncodedMask, Outline>();
const differences = new WeakMap<EncodedMask, { before: EncodedMask | undefined; difference: Difference }>();

export function newMask({ objectId, rleMask, predictedIou, objectScore, source }: MaskFields, reverse: boolean): Mask {
  return {
    serial: ++serial,
    objectId,
    rle: rleMask,
    predictedIou: predictedIou ?? null,
    objectScore: objectScore ?? null,
    source,
    reverse,
    stale: false,
  };
}

/** Whether the object has a mask on the frame: after a removal of prompts, the API names those that have none, too. */
export function isMask({ predictedIou, source }: MaskFields): boolean {
  return source !== "TRACKED" || typeof predictedIou === "number";
}

/** Whether the API sent the mask that is already there. */
export function isSame(mask: Mask, { rleMask, source }: MaskFields): boolean {
  return mask.rle.counts === rleMask.counts && mask.source === source;
}

/** The model's confidence, 0 to 1: predicted IoU times the probability that the object is visible; null for masks given by hand. */
export function confidence({ predictedIou, objectScore }: Mask): number | null {
  if (predictedIou === null || objectScore === null) return null;
  return Math.max(0, Math.min(1, predictedIou)) / (1 + Math.exp(-objectScore));
}

/** The decoded mask, cached: not to be written to. */
export function bitmapOf(rle: EncodedMask): Bitmap {
  return cached(bitmaps, rle, () => decodeMask(rle));
}

/** The mask's outline, cached. */
export function outlineOfMask(rle: EncodedMask): Outline {
  return cached(outlines, rle, () => outlineOf(decodeMask(rle)));
}

/** Where a mask would grow, and where it would shrink. */
export interface Difference {
  added: Outline;
  removed: Outline;
}

/** What `after` changes of `before`, or of no mask; cached for the last `before`. */
export function differenceOf(before: EncodedMask | undefined, after: EncodedMask): Difference {
  const known = differences.get(after);
  if (known && known.before === before) return known.difference;
  const { width, height, data } = bitmapOf(after);
  const old = before ? bitmapOf(before).data : new Uint8Array(data.length);
  const difference = {
    added: outlineOf({ width, height, data: data.map((value, at) => value & ~old[at]! & 1) }),
    removed: outlineOf({ width, height, data: data.map((value, at) => ~value & old[at]! & 1) }),
  };
  differences.set(after, { before, difference });
  return difference;
}

function decodeMask({ size: [height = 0, width = 0], counts }: EncodedMask): Bitmap {
  return decode(counts, width, height);
}

function cached<Value>(cache: WeakMap<EncodedMask, Value>, key: EncodedMask, make: () => Value): Value {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    cache.set(key, value);
  }
  return value;
}
