import { bitmapOf, type EncodedMask } from "./mask";
import { type Outline, outlineOf } from "./outline";

const known = new WeakMap<EncodedMask, { above: EncodedMask[]; outline: Outline }>();

/** The outline of a mask without the pixels of the masks above it. */
export function outlineBelow(mask: EncodedMask, above: EncodedMask[]): Outline {
  const found = known.get(mask);
  if (found && found.above.length === above.length && found.above.every((each, at) => each === above[at])) return found.outline;
  const { width, height, data } = bitmapOf(mask);
  const left = data.slice();
  for (const other of above) bitmapOf(other).data.forEach((value, at) => value && (left[at] = 0));
  const outline = outlineOf({ width, height, data: left });
  known.set(mask, { above, outline });
  return outline;
}
