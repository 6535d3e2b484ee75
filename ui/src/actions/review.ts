import { confidence, type Mask } from "../masks/mask";
import { clearNotice, notify } from "../store/notices";
import { contains } from "../store/selectors";
import { getPage, masks, setPage } from "../store/store";
import type { DoubtfulRange } from "../store/types";
import { seek } from "./playback";
import { confirmFrames, markAbsent } from "./ranges";

/** Masks that the model is less sure of are reviewed. */
const DOUBTFUL = 0.75;
/** Frames between doubtful ones that belong to the same range. */
const GAP = 2;

let visited = new WeakSet<Mask>();

/** Goes to the least confident mask that is not near a visited or prompted frame; starts over when none is left. */
export function nextDoubtful(): void {
  if (getPage().review) return nextInReview();
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

/** Begins or ends a walk through all doubtful ranges, worst first. */
export function toggleReview(): void {
  if (getPage().review) return endReview();
  const ranges = doubtfulRanges();
  if (ranges.length === 0) {
    notify("track", "Nothing is to be reviewed: no mask is in doubt that is not confirmed.", "note");
    return;
  }
  clearNotice("track");
  show(ranges, 0);
}

export function endReview(): void {
  setPage({ review: null, range: null });
}

/** Confirms the range that is looked at, and goes to the next one. */
export async function acceptInReview(): Promise<void> {
  const range = currentRange();
  if (!range) return;
  await confirmFrames([range.objectId], { first: range.first, last: range.last });
  if (currentRange() === range) nextInReview();
}

/** Says that the object is not there on the range, and goes to the next one. */
export async function absentInReview(): Promise<void> {
  const range = currentRange();
  if (!range) return;
  await markAbsent(range.objectId, { first: range.first, last: range.last });
  if (currentRange() === range) nextInReview();
}

export function nextInReview(): void {
  const { review } = getPage();
  if (!review) return;
  if (review.current + 1 < review.ranges.length) return show(review.ranges, review.current + 1);
  endReview();
  notify("track", "The review is done: every doubtful range was looked at.", "note");
}

function currentRange(): DoubtfulRange | undefined {
  const { review } = getPage();
  return review?.ranges[review.current];
}

function show(ranges: DoubtfulRange[], current: number): void {
  const { objectId, first, last, worst } = ranges[current]!;
  setPage({ review: { ranges, current }, selected: objectId, range: { first, last } });
  seek(worst);
}

/** Runs of frames on which the model doubts an object's masks that nobody confirmed or prompted; worst first. */
function doubtfulRanges(): DoubtfulRange[] {
  const found: DoubtfulRange[] = [];
  for (const { objectId, hidden, promptedFrames, confirmedRanges } of getPage().objects) {
    if (hidden) continue;
    let range: DoubtfulRange | null = null;
    for (const frame of masks.framesOf(objectId)) {
      const certainty = confidence(masks.get(frame, objectId)!);
      const isDoubtful = certainty !== null && certainty < DOUBTFUL && !promptedFrames.includes(frame) && !contains(confirmedRanges, frame);
      if (!isDoubtful) continue;
      if (!range || frame > range.last + GAP) found.push((range = { objectId, first: frame, last: frame, worst: frame, certainty }));
      range.last = frame;
      if (certainty < range.certainty) Object.assign(range, { worst: frame, certainty });
    }
  }
  return found.sort((a, b) => a.certainty - b.certainty);
}

interface Doubt {
  frame: number;
  mask: Mask;
  certainty: number;
}

function startOver(): Doubt | null {
  visited = new WeakSet();
  return leastConfident();
}

function leastConfident(): Doubt | null {
  const { objects, video } = getPage();
  const minDistance = Math.max(2, Math.round((video?.frameCount ?? 0) / 40));
  let found: Doubt | null = null;
  for (const { objectId, hidden, promptedFrames, confirmedRanges } of objects) {
    if (hidden) continue;
    const frames = masks.framesOf(objectId);
    const excluded = [...frames.filter((frame) => visited.has(masks.get(frame, objectId)!)), ...promptedFrames];
    for (const frame of frames) {
      const mask = masks.get(frame, objectId)!;
      const certainty = confidence(mask);
      const isNear = contains(confirmedRanges, frame) || excluded.some((other) => Math.abs(other - frame) < minDistance);
      if (certainty !== null && !isNear && certainty < (found?.certainty ?? Infinity)) found = { frame, mask, certainty };
    }
  }
  return found;
}
