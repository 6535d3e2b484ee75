import { confidence } from "./masks/confidence";
import type { Mask } from "./masks/maskBook";
import { masks, media, onPage, page, say, setPage } from "./store";

/** Goes to a frame by the user's will, so that the playhead no longer follows tracking. */
export function seek(frame: number): void {
  const last = (page().video?.frameCount ?? 1) - 1;
  setPage({ frame: Math.max(0, Math.min(last, Math.round(frame))), playing: false, following: false });
}

export function step(by: number): void {
  seek(page().frame + by);
}

let runs = 0;

export function togglePlaying(): void {
  const { playing, frame, video } = page();
  if (playing) return setPage({ playing: false });
  const atEnd = frame === (video?.frameCount ?? 1) - 1;
  setPage({ playing: true, following: false, frame: atEnd ? 0 : frame });
  const run = ++runs;
  let due = performance.now();
  const advance = (now: number) => {
    const { playing, frame, video } = page();
    if (!playing || !video || run !== runs) return;
    const next = frame + 1;
    if (next >= video.frameCount) return setPage({ playing: false });
    // No frame is left out: where one is not there yet, playing waits for it.
    if (now >= due && media.frames?.get(next)) {
      due = Math.max(due + 1000 / video.fps, now - 1000 / video.fps);
      setPage({ frame: next });
    }
    requestAnimationFrame(advance);
  };
  requestAnimationFrame(advance);
}

/** Keeps the frames around the playhead at hand. */
export function prefetch(): void {
  onPage((now, before) => {
    if (now.frame === before.frame && now.video === before.video) return;
    media.frames?.around(now.frame, now.frame < before.frame ? -1 : 1);
  });
}

let seen = new WeakSet<Mask>();

/** Goes to the mask that the model is least sure of among those not visited yet, some way from those visited. */
export function nextDoubtful(): void {
  const found = leastCertain() ?? startOver();
  if (!found) {
    say("track", "No frame is in doubt: none has been tracked yet.", "note");
    return;
  }
  say("track", null);
  seen.add(found.mask);
  setPage({ selected: found.mask.objectId });
  seek(found.frame);
}

function startOver(): Doubt | null {
  seen = new WeakSet();
  return leastCertain();
}

interface Doubt {
  frame: number;
  mask: Mask;
  certainty: number;
}

function leastCertain(): Doubt | null {
  const { objects, video } = page();
  const apart = Math.max(2, Math.round((video?.frameCount ?? 0) / 40));
  let found: Doubt | null = null;
  for (const { objectId, hidden, promptedFrames } of objects) {
    if (hidden) continue;
    const frames = masks.framesOf(objectId);
    const visited = frames.filter((frame) => seen.has(masks.get(frame, objectId)!));
    for (const frame of frames) {
      const mask = masks.get(frame, objectId)!;
      const certainty = confidence(mask);
      const near = [...visited, ...promptedFrames].some((each) => Math.abs(each - frame) < apart);
      if (certainty !== null && !near && certainty < (found?.certainty ?? Infinity)) found = { frame, mask, certainty };
    }
  }
  return found;
}
