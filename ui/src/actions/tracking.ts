import { subscribe } from "../api/client";
import { Propagate } from "../api/documents";
import type { PropagateInVideoInput, PropagateSubscription, PropagationDirection } from "../api/generated/graphql";
import { isSame, newMask } from "../masks/mask";
import { clearNotice, notify, reportError } from "../store/notices";
import { contains, firstPrompted, isPrompted, objectsToTrack, untrackedFrames } from "../store/selectors";
import { getPage, masks, setPage } from "../store/store";
import { frameKey, type FrameRange } from "../store/types";
import { loadUnsent } from "./loadingMasks";
import { promptsAnswered } from "./promptQueue";

/** The speed shown is the mean over this many events. */
const SPEED_WINDOW = 8;

/** What is to be tracked; `from` null is each object from its first prompt on, only where it has no current mask. */
interface Request {
  direction: PropagationDirection;
  from: number | null;
  /** The other end; null is the end of the video. */
  last: number | null;
  /** Null is the objects chosen for tracking. */
  objectIds: number[] | null;
}

interface Run {
  request: Request;
  /** What continues the stream, once it has begun. */
  input: PropagateInVideoInput | null;
  /** The last frame that was received. */
  received: { frame: number; reverse: boolean } | null;
  unsubscribe: () => void;
}

let run: Run | null = null;
/** What was tracked when the connection was lost. */
let interrupted: Run | null = null;

const ALL = { last: null, objectIds: null };

/** Tracks forward what needs it, or backward from the playhead. */
export function startTracking(reverse: boolean): void {
  start({ direction: reverse ? "BACKWARD" : "FORWARD", from: reverse ? getPage().frame : null, ...ALL });
}

/** Tracks forward from a frame, whether or not the frames after it have masks already. */
export function trackAgainFrom(frame: number): void {
  start({ direction: "FORWARD", from: frame, ...ALL });
}

/** Tracks forward and backward from the playhead. */
export function trackBothWays(): void {
  start({ direction: "BOTH", from: getPage().frame, ...ALL });
}

/** Tracks the frames of a range in one direction. */
export function trackRange({ first, last }: FrameRange, reverse: boolean, objectIds: number[] | null = null): void {
  const [from, end] = reverse ? [last, first] : [first, last];
  start({ direction: reverse ? "BACKWARD" : "FORWARD", from, last: end, objectIds });
}

function start(request: Request): void {
  stopTracking();
  clearNotice("track");
  begin(request);
}

/** Which frames are stale, and so where to start, depends on prompts that are still being answered. */
function begin(request: Request): void {
  const own: Run = (run = { request, input: null, received: null, unsubscribe: () => {} });
  showTracking(request.direction === "BACKWARD");
  void promptsAnswered().then(() => run === own && subscribeToFrames(own));
}

export function stopTracking(): void {
  const stopped = run;
  end();
  interrupted = null;
  if (stopped?.input && stopped.received !== null) {
    const { frame, reverse } = stopped.received;
    loadUnsent(stopped.input.sessionId, frame, reverse).catch((error: unknown) => reportError("track", error));
  }
}

function end(): void {
  run?.unsubscribe();
  run = null;
  if (getPage().tracking) setPage({ tracking: null });
}

/** Stops tracking until `resumeTracking`. Returns whether there was any. */
export function interruptTracking(): boolean {
  interrupted = run ?? interrupted;
  end();
  return interrupted !== null;
}

/** Continues with the event after the last that was received, or from the start where the server has it no longer. */
export function resumeTracking(): void {
  const resumed = interrupted;
  interrupted = null;
  if (!resumed) return;
  if (!resumed.input) return begin(resumed.request);
  if (resumed.input.sessionId !== getPage().sessionId) return;
  showTracking(resumed.request.direction === "BACKWARD");
  follow((run = resumed), resumed.input);
}

export function toggleTracking(reverse: boolean): void {
  if (getPage().tracking) stopTracking();
  else startTracking(reverse);
}

function subscribeToFrames(own: Run): void {
  const { sessionId, frame, video } = getPage();
  const { direction, from, last } = own.request;
  const objectIds = own.request.objectIds ?? objectsToTrack().map(({ objectId }) => objectId);
  if (!sessionId || objectIds.length === 0) {
    end();
    notify("track", "There is nothing to track yet: click an object on the picture first.", "note");
    return;
  }
  if (from === null && direction === "FORWARD" && untrackedFrames(1).length === 0) {
    end();
    const back = missingBefore();
    if (back) {
      const action = { label: back.label, run: () => start(back.request) };
      return notify("track", "Every frame after the prompts is tracked; those before the first prompt are not.", "note", action);
    }
    const first = frame === (video?.frameCount ?? 0) - 1 ? firstPrompted() : frame;
    const again = { label: `Track again from frame ${first}`, run: () => trackAgainFrom(first) };
    notify("track", "Nothing is left to track: every frame after the first prompt has a mask that follows your prompts.", "note", again);
    return;
  }
  follow(own, { sessionId, startFrameIndex: from, direction, lastFrameIndex: last, objectIds, skipCurrent: from === null });
}

/** The tracking of frames before objects' first prompts, where they have no masks there. */
function missingBefore(): { label: string; request: Request } | null {
  const found = objectsToTrack().filter(({ objectId, promptedFrames, absentRanges }) => {
    const before = promptedFrames[0]! - getPage().frameStep;
    return before >= 0 && !masks.get(before, objectId) && !contains(absentRanges, before);
  });
  if (found.length === 0) return null;
  const firsts = [...new Set(found.map(({ promptedFrames }) => promptedFrames[0]!))];
  const label = firsts.length === 1 ? `Track back from frame ${firsts[0]}` : "Track back from the first prompts";
  return { label, request: { direction: "BACKWARD", from: null, last: null, objectIds: found.map(({ objectId }) => objectId) } };
}

function showTracking(reverse: boolean): void {
  setPage({ tracking: { reverse, completed: 0, total: 0, revision: 0, framesPerSecond: null }, following: true, playing: false });
}

function follow(own: Run, given: PropagateInVideoInput): void {
  const reverse = given.direction === "BACKWARD";
  const times: number[] = [];
  own.input = given;
  own.unsubscribe = subscribe(
    Propagate,
    { input: given },
    ({ propagateInVideo: event }) => {
      own.input = { ...given, propagationId: event.propagationId, fromSequence: event.sequence + 1 };
      const isBefore = given.direction === "BOTH" && event.frameIndex < (given.startFrameIndex ?? 0);
      own.received = { frame: event.frameIndex, reverse: reverse || isBefore };
      times.push(performance.now());
      if (times.length > SPEED_WINDOW) times.shift();
      const seconds = (times.at(-1)! - times[0]!) / 1000;
      applyEvent(event, own.received.reverse, seconds > 0 ? (times.length - 1) / seconds : null);
    },
    (error) => {
      if (run !== own) return;
      if (error?.code === "SEQUENCE_NOT_FOUND") return subscribeToFrames(own);
      run = null;
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
