import { subscribe } from "./api/client";
import { Propagate } from "./api/documents";
import type { PropagateSubscription } from "./api/generated/graphql";
import { refused } from "./session";
import { keyOf, masks, page, say, setPage } from "./store";
import { maskOf } from "./masks/maskBook";
import { answered, isPrompted } from "./prompts";

const RATE_OVER = 8;
let stop: (() => void) | null = null;

/** Tracks forward over what has no current mask, or backward from where the playhead is. */
export function track(reverse: boolean): void {
  const { frame } = page();
  stopTracking();
  say("track", null);
  setPage({ tracking: { reverse, completed: 0, total: 0, revision: 0, framesPerSecond: null }, following: true, playing: false });
  let wanted = true;
  stop = () => (wanted = false);
  // Where to begin is known once the last prompts have made stale what they do.
  void answered().then(() => wanted && begin(reverse, frame));
}

function begin(reverse: boolean, playhead: number): void {
  const { sessionId, objects } = page();
  if (!objects.some((each) => each.promptedFrames.length)) {
    stopTracking();
    say("track", "There is nothing to track yet: click an object on the picture first.", "note");
    return;
  }
  const times: number[] = [];
  const startFrameIndex = reverse ? playhead : firstUntracked();
  stop = subscribe(
    Propagate,
    { input: { sessionId: sessionId!, startFrameIndex, direction: reverse ? "BACKWARD" : "FORWARD" } },
    ({ propagateInVideo: event }) => {
      times.push(performance.now());
      if (times.length > RATE_OVER) times.shift();
      const seconds = (times.at(-1)! - times[0]!) / 1000;
      takeEvent(event, reverse, seconds > 0 ? (times.length - 1) / seconds : null);
    },
    (error) => {
      stop = null;
      setPage({ tracking: null });
      if (error) refused("track", error);
    },
  );
}

export function stopTracking(): void {
  stop?.();
  stop = null;
  if (page().tracking) setPage({ tracking: null });
}

export function toggleTracking(reverse: boolean): void {
  if (page().tracking) stopTracking();
  else track(reverse);
}

/** The first frame that lacks a current mask of a prompted object; the playhead's where none does. */
export function firstUntracked(): number {
  const { video, frame } = page();
  return untrackedFrames(1)[0] ?? (frame === (video?.frameCount ?? 0) - 1 ? origin() : frame);
}

/** Frames from the first prompted one on that lack a current mask of a prompted object. */
export function untrackedFrames(most = Infinity): number[] {
  const prompted = page().objects.filter((each) => each.promptedFrames.length);
  const found: number[] = [];
  for (let frame = origin(); prompted.length && frame < (page().video?.frameCount ?? 0) && found.length < most; frame++) {
    const lacks = prompted.some(({ objectId, promptedFrames }) => {
      const mask = masks.get(frame, objectId);
      return frame > promptedFrames[0]! && (!mask || mask.stale);
    });
    if (lacks) found.push(frame);
  }
  return found;
}

function origin(): number {
  return Math.min(...page().objects.flatMap((each) => each.promptedFrames[0] ?? []));
}

function takeEvent(event: PropagateSubscription["propagateInVideo"], reverse: boolean, framesPerSecond: number | null): void {
  const { frameIndex, rleMaskList, completed, total, revision, suggestions } = event;
  const made = rleMaskList.map((parts) => {
    const held = masks.get(frameIndex, parts.objectId);
    // A mask tracked before a prompt on this very frame may arrive after the prompt's own.
    const late = held && parts.source === "TRACKED" && isPrompted(parts.objectId, frameIndex);
    const same = held && !held.stale && held.counts === parts.rleMask.counts && held.source === parts.source;
    return late || same ? held : maskOf(parts, reverse);
  });
  masks.replace(frameIndex, made);
  const suggested = new Set(page().suggested);
  for (const { objectId } of rleMaskList) suggested.delete(keyOf(objectId, frameIndex));
  for (const { objectId } of suggestions) suggested.add(keyOf(objectId, frameIndex));
  setPage((state) => ({
    suggested,
    tracking: { reverse, completed, total, revision, framesPerSecond },
    masksVersion: state.masksVersion + 1,
    frame: state.following ? frameIndex : state.frame,
  }));
}
