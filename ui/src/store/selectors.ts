import { getPage, masks } from "./store";
import { type FrameRange, frameKey, type TrackedObject } from "./types";

export function findObject(objectId: number | null): TrackedObject | undefined {
  return getPage().objects.find((object) => object.objectId === objectId);
}

export function displayName({ objectId, name }: { objectId: number; name: string }): string {
  return name || `Object ${objectId}`;
}

/** A video's file name, without the id that the server appends to uploads. */
export function videoName(path: string): string {
  return path.split("/").at(-1)!.replace(path.startsWith("uploads/") ? /-[0-9a-f]{12}(?=\.\w+$)/ : "", "");
}

export function isPrompted(objectId: number, frame: number): boolean {
  return findObject(objectId)?.promptedFrames.includes(frame) ?? false;
}

/** Whether the server knows the object: it does from its first prompt on. */
export function isOnServer({ promptedFrames, adapters }: TrackedObject): boolean {
  return promptedFrames.length + adapters.length > 0;
}

export function contains(ranges: FrameRange[], frame: number): boolean {
  return ranges.some(({ first, last }) => first <= frame && frame <= last);
}

/** Whether the frame was tracked, so that a prompt there is a correction, which an adapter can be trained on. */
export function wasTracked(objectId: number, frame: number): boolean {
  const mask = masks.get(frame, objectId);
  if (!mask) return false;
  if (mask.source === "TRACKED" || (mask.source === "LORA" && !isPrompted(objectId, frame))) return true;
  const key = frameKey(objectId, frame);
  return getPage().corrected.has(key) || getPage().accepted.has(key);
}

/** The prompted objects that are to be tracked. */
export function objectsToTrack(): TrackedObject[] {
  const { objects, selected, onlySelected } = getPage();
  return objects.filter(({ objectId, promptedFrames }) => promptedFrames.length && (!onlySelected || objectId === selected));
}

/** Up to `limit` frames after the first prompt on which a prompted object has no mask or a stale one. */
export function untrackedFrames(limit = Infinity): number[] {
  const { video, frameStep } = getPage();
  const prompted = objectsToTrack();
  const found: number[] = [];
  for (let frame = firstPrompted(); prompted.length && frame < (video?.frameCount ?? 0) && found.length < limit; frame += frameStep) {
    const isUntracked = prompted.some((object) => {
      const { objectId, promptedFrames } = object;
      const mask = masks.get(frame, objectId);
      return frame > promptedFrames[0]! && (!mask || mask.stale) && !contains(object.absentRanges, frame);
    });
    if (isUntracked) found.push(frame);
  }
  return found;
}

/** The first frame that has a prompt; Infinity where none has. */
export function firstPrompted(): number {
  return Math.min(...objectsToTrack().flatMap(({ promptedFrames }) => promptedFrames[0] ?? []));
}

/** How many frames have a mask, and how many of them a stale one. */
export function countFrames(): { annotated: number; stale: number } {
  const { objects } = getPage();
  const annotated = new Set(objects.flatMap(({ objectId }) => masks.framesOf(objectId)));
  const stale = new Set(objects.flatMap(({ objectId }) => masks.staleFrames(objectId)));
  return { annotated: annotated.size, stale: stale.size };
}
