import type { Mask } from "./maskBook";

/**
 * How sure the model is of a mask, 0 to 1: its predicted IoU times the probability that the object is in view.
 * Null where a person gave the mask, who is not to be doubted.
 */
export function confidence(mask: Mask): number | null {
  if (mask.predictedIou === null || mask.objectScore === null) return null;
  return Math.max(0, Math.min(1, mask.predictedIou)) / (1 + Math.exp(-mask.objectScore));
}
