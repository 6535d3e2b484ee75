import { confidence, type Mask } from "../masks/mask";
import { clearNotice, notify } from "../store/notices";
import { getPage, masks, setPage } from "../store/store";
import { seek } from "./playback";

let visited = new WeakSet<Mask>();

interface Doubt {
  frame: number;
  mask: Mask;
  certainty: number;
}

/** Goes to the least confident mask that is not near a visited or prompted frame; starts over when none is left. */
export function nextDoubtful(): void {
  const found = leastConfident() ?? startOver();
  if (!found) {
    notify("track", "No frame is in doubt: none has been tracked yet.", "note");
    return;
  }
  clearNotice("track");
  visited.add(found.mask);
  setPage({ selected: found.mask.objectId });
  seek(found.frame);
}

function startOver(): Doubt | null {
  visited = new WeakSet();
  return leastConfident();
}

function leastConfident(): Doubt | null {
  const { objects, video } = getPage();
  const minDistance = Math.max(2, Math.round((video?.frameCount ?? 0) / 40));
  let found: Doubt | null = null;
  for (const { objectId, hidden, promptedFrames } of objects) {
    if (hidden) continue;
    const frames = masks.framesOf(objectId);
    const excluded = [...frames.filter((frame) => visited.has(masks.get(frame, objectId)!)), ...promptedFrames];
    for (const frame of frames) {
      const mask = masks.get(frame, objectId)!;
      const certainty = confidence(mask);
      const isNear = excluded.some((other) => Math.abs(other - frame) < minDistance);
      if (certainty !== null && !isNear && certainty < (found?.certainty ?? Infinity)) found = { frame, mask, certainty };
    }
  }
  return found;
}
