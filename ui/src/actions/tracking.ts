import { subscribe } from "../api/client";
import { Propagate } from "../api/documents";
import type { PropagateInVideoInput, PropagateSubscription } from "../api/generated/graphql";
import { isSame, newMask } from "../masks/mask";
import { clearNotice, notify, reportError } from "../store/notices";
import { firstUntracked, isPrompted } from "../store/selectors";
import { getPage, masks, setPage } from "../store/store";
import { frameKey } from "../store/types";
import { promptsAnswered } from "./promptQueue";

/** The speed shown is the mean over this many events. */
const SPEED_WINDOW = 8;
let stop: (() => void) | null = null;
/** What is tracked now. */
let input: PropagateInVideoInput | null = null;
/** What was tracked when the connection was lost. */
let interrupted: PropagateInVideoInput | null = null;

/** Tracks forward from the first frame that needs it, or backward from the playhead. */
export function startTracking(reverse: boolean): void {
  const { frame } = getPage();
  stopTracking();
  clearNotice("track");
  showTracking(reverse);
  let wanted = true;
  stop = () => (wanted = false);
  // Which frames are stale, and so where to start, depends on prompts that are still being answered.
  void promptsAnswered().then(() => wanted && subscribeToFrames(reverse, frame));
}

export function stopTracking(): void {
  stop?.();
  stop = input = interrupted = null;
  if (getPage().tracking) setPage({ tracking: null });
}

/** Stops tracking until `resumeTracking`. Returns whether there was any. */
export function interruptTracking(): boolean {
  const stopped = input ?? interrupted;
  stopTracking();
  interrupted = stopped;
  return interrupted !== null;
}

/** Continues with the event after the last that was received, or from the start where the server has it no longer. */
export function resumeTracking(): void {
  if (!interrupted || interrupted.sessionId !== getPage().sessionId) return;
  const resumed = interrupted;
  interrupted = null;
  showTracking(resumed.direction === "BACKWARD");
  follow(resumed);
}

export function toggleTracking(reverse: boolean): void {
  if (getPage().tracking) stopTracking();
  else startTracking(reverse);
}

function subscribeToFrames(reverse: boolean, playhead: number): void {
  const { sessionId, objects } = getPage();
  if (!objects.some(({ promptedFrames }) => promptedFrames.length)) {
    stopTracking();
    notify("track", "There is nothing to track yet: click an object on the picture first.", "note");
    return;
  }
  const startFrameIndex = reverse ? playhead : firstUntracked();
  follow({ sessionId: sessionId!, startFrameIndex, direction: reverse ? "BACKWARD" : "FORWARD" });
}

function showTracking(reverse: boolean): void {
  setPage({ tracking: { reverse, completed: 0, total: 0, revision: 0, framesPerSecond: null }, following: true, playing: false });
}

function follow(given: PropagateInVideoInput): void {
  const reverse = given.direction === "BACKWARD";
  const times: number[] = [];
  input = given;
  stop = subscribe(
    Propagate,
    { input: given },
    ({ propagateInVideo: event }) => {
      input = { ...given, propagationId: event.propagationId, fromSequence: event.sequence + 1 };
      times.push(performance.now());
      if (times.length > SPEED_WINDOW) times.shift();
      const seconds = (times.at(-1)! - times[0]!) / 1000;
      applyEvent(event, reverse, seconds > 0 ? (times.length - 1) / seconds : null);
    },
    (error) => {
      stop = input = null;
      if (error?.code === "SEQUENCE_NOT_FOUND") return subscribeToFrames(reverse, given.startFrameIndex ?? 0);
      setPage({ tracking: null });
      if (error) reportError("track", error);
    },
  );
}

function applyEvent(event: PropagateSubscription["propagateInVideo"], reverse: boolean, framesPerSecond: number | null): void {
  const { frameIndex, rleMaskList, completed, total, revision, suggestions } = event;
  const tracked = rleMaskList.map((fields) => {
    const old = masks.get(frameIndex, fields.objectId);
    // A mask tracked before a prompt on this frame may arrive after the prompt's own mask.
    const isOutdated = fields.source === "TRACKED" && isPrompted(fields.objectId, frameIndex);
    return old && (isOutdated || (!old.stale && isSame(old, fields))) ? old : newMask(fields, reverse);
  });
  masks.replace(frameIndex, tracked);
  const suggested = new Set(getPage().suggested);
  for (const { objectId } of rleMaskList) suggested.delete(frameKey(objectId, frameIndex));
  for (const { objectId } of suggestions) suggested.add(frameKey(objectId, frameIndex));
  setPage((state) => ({
    suggested,
    tracking: { reverse, completed, total, revision, framesPerSecond },
    masksVersion: state.masksVersion + 1,
    frame: state.following ? frameIndex : state.frame,
  }));
}
