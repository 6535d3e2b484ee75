import { call } from "./api/client";
import { AddBox, AddCorrection, AddMask, AddPoints, ApplyLoraCandidate, ClearPointsInFrame, NameObject } from "./api/documents";
import type { FramePartsFragment } from "./api/generated/graphql";
import { type Bitmap, encode } from "./masks/rle";
import { maskOf } from "./masks/maskBook";
import { learn } from "./learning";
import { addObject } from "./objects";
import { refused } from "./session";
import { type Candidate, type Change, changeObject, keyOf, masks, masksChanged, page, type Prompt, say, setPage, withKey } from "./store";

/** Prompts go to the server one after the other, in the order in which they were given. */
let line: Promise<void> = Promise.resolve();

function inLine(work: () => Promise<void>): Promise<void> {
  const sessionId = page().sessionId;
  setPage((state) => ({ pending: state.pending + 1, playing: false, following: false }));
  line = line.then(async () => {
    if (page().sessionId !== sessionId) return;
    try {
      say("stage", null);
      await work();
    } catch (error) {
      refused("stage", error);
    } finally {
      setPage((state) => ({ pending: Math.max(0, state.pending - 1) }));
      masksChanged();
    }
  });
  return line;
}

/** Settles once every prompt that was given is answered. */
export function answered(): Promise<void> {
  return line;
}

export function addPoint(point: [number, number], label: 0 | 1): Promise<void> {
  return give({ kind: "points", points: [point], labels: [label] });
}

export function addBox(box: [number, number, number, number]): Promise<void> {
  return give({ kind: "box", box });
}

/** The mask drawn is on show until the server has answered, so that nothing flickers under the brush. */
export function drawMask(bitmap: Bitmap): Promise<void> {
  return give({ kind: "mask", counts: encode(bitmap) });
}

export function takeCandidate(candidate: Candidate): Promise<void> {
  const { adapterId, rleMask } = candidate;
  setPage({ hovered: null });
  return give({ kind: "candidate", adapterId, counts: rleMask.counts });
}

export function clearFrame(): Promise<void> {
  const { selected, frame } = page();
  if (selected === null || !isPrompted(selected, frame)) return Promise.resolve();
  return inLine(async () => {
    const before = promptsOn(selected, frame);
    await replay(selected, frame, before, []);
    remember({ objectId: selected, frame, before, after: [], corrects: false });
  });
}

export function undo(): Promise<void> {
  return inLine(async () => {
    const change = page().past.at(-1);
    if (!change) return;
    show(change.objectId, change.frame);
    await replay(change.objectId, change.frame, change.after, change.before);
    setPage((state) => ({ past: state.past.slice(0, -1), future: [...state.future, change] }));
  });
}

export function redo(): Promise<void> {
  return inLine(async () => {
    const change = page().future.at(-1);
    if (!change) return;
    show(change.objectId, change.frame);
    await replay(change.objectId, change.frame, change.before, change.after);
    if (change.corrects) count(change.objectId, change.frame, change.after.at(-1)!);
    setPage((state) => ({ future: state.future.slice(0, -1), past: [...state.past, change] }));
  });
}

/** Whether the tracker has been on the frame, so that a prompt there is a correction which it can learn from. */
export function wasTracked(objectId: number, frame: number): boolean {
  const mask = masks.get(frame, objectId);
  if (!mask) return false;
  if (mask.source === "TRACKED" || (mask.source === "LORA" && !isPrompted(objectId, frame))) return true;
  if (page().corrected.has(keyOf(objectId, frame)) || page().taken.has(keyOf(objectId, frame))) return true;
  return false;
}

export function isPrompted(objectId: number, frame: number): boolean {
  return page().objects.some((each) => each.objectId === objectId && each.promptedFrames.includes(frame));
}

function give(prompt: Prompt): Promise<void> {
  const objectId = page().selected ?? addObject();
  const { frame } = page();
  const given = { objectId, frame, prompt };
  // What is being worked on is to be seen.
  changeObject(objectId, { hidden: false });
  setPage({ showMasks: true });
  setPage((state) => ({ unanswered: [...state.unanswered, given] }));
  return inLine(async () => {
    const before = promptsOn(objectId, frame);
    const corrects = wasTracked(objectId, frame);
    await send(objectId, frame, prompt, corrects, false);
    // A box, a mask and a candidate take the place of what was said before.
    const after = prompt.kind === "points" ? [...before, prompt] : [prompt];
    remember({ objectId, frame, before, after, corrects });
    if (corrects) count(objectId, frame, prompt);
    if (corrects && prompt.kind !== "candidate") learn(objectId, frame);
  }).finally(() => setPage((state) => ({ unanswered: state.unanswered.filter((each) => each !== given) })));
}

function count(objectId: number, frame: number, prompt: Prompt): void {
  const key = keyOf(objectId, frame);
  const byHand = prompt.kind !== "candidate";
  setPage((state) => ({
    corrected: withKey(state.corrected, key, byHand),
    taken: withKey(state.taken, key, !byHand),
    suggested: withKey(state.suggested, key, false),
  }));
}

/** What is known to be said on a frame: where an earlier visit said it, the mask that it left. */
function promptsOn(objectId: number, frame: number): Prompt[] {
  const known = page().prompts.get(keyOf(objectId, frame));
  if (known) return known;
  const mask = masks.get(frame, objectId);
  return mask && isPrompted(objectId, frame) ? [{ kind: "mask", counts: mask.counts }] : [];
}

function remember(change: Change): void {
  setPage((state) => ({ past: [...state.past, change], future: [] }));
  keepPrompts(change.objectId, change.frame, change.after);
}

function keepPrompts(objectId: number, frame: number, prompts: Prompt[]): void {
  setPage((state) => ({ prompts: new Map(state.prompts).set(keyOf(objectId, frame), prompts) }));
}

function show(objectId: number, frame: number): void {
  setPage({ frame, selected: objectId });
}

/** Makes `wanted` all that is said on the frame, as if `present` had never been. */
async function replay(objectId: number, frame: number, present: Prompt[], wanted: Prompt[]): Promise<void> {
  const added = wanted.at(-1);
  if (added && wanted.length === present.length + 1) {
    await send(objectId, frame, added, false, false);
  } else {
    // The official predictor refines the mask that is there even where old points are to be cleared: hence the clearing.
    const elsewhere = page().objects.find((each) => each.objectId === objectId)?.promptedFrames.some((each) => each !== frame);
    const alone = masks.framesOf(objectId).every((each) => each === frame);
    if (wanted.length === 0 || elsewhere || alone) await clear(objectId, frame);
    for (const [index, prompt] of wanted.entries()) await send(objectId, frame, prompt, false, index === 0);
  }
  keepPrompts(objectId, frame, wanted);
  const key = keyOf(objectId, frame);
  if (wanted.length === 0) {
    setPage((state) => ({ corrected: withKey(state.corrected, key, false), taken: withKey(state.taken, key, false) }));
  }
}

async function clear(objectId: number, frame: number): Promise<void> {
  const input = { sessionId: page().sessionId!, objectId, frameIndex: frame };
  const { clearPointsInFrame } = await call(ClearPointsInFrame, { input });
  const left = (page().objects.find((each) => each.objectId === objectId)?.promptedFrames ?? []).filter((each) => each !== frame);
  changeObject(objectId, { promptedFrames: left });
  // With its last prompt an object's masks go everywhere.
  if (left.length === 0) masks.removeObject(objectId);
  take(objectId, clearPointsInFrame);
}

async function send(objectId: number, frame: number, prompt: Prompt, corrects: boolean, first: boolean): Promise<void> {
  const { sessionId, video } = page();
  const where = { sessionId: sessionId!, objectId, frameIndex: frame };
  const rleMask = (counts: string) => ({ size: [video!.height, video!.width], counts });
  let answer: FramePartsFragment;
  if (prompt.kind === "candidate") {
    answer = (await call(ApplyLoraCandidate, { input: { ...where, adapterId: prompt.adapterId } })).applyLoraCandidate;
  } else if (corrects) {
    const given =
      prompt.kind === "points"
        ? { points: prompt.points, labels: prompt.labels }
        : prompt.kind === "box"
          ? { box: prompt.box }
          : { rleMask: rleMask(prompt.counts) };
    // Trained by a call of its own right after, so that the mask need not wait for the training.
    answer = (await call(AddCorrection, { input: { ...where, ...given, trainLora: false } })).addCorrection.frame;
  } else if (prompt.kind === "points") {
    const input = { ...where, points: prompt.points, labels: prompt.labels, clearOldPoints: first };
    answer = (await call(AddPoints, { input })).addPoints;
  } else if (prompt.kind === "box") {
    answer = (await call(AddBox, { input: { ...where, box: prompt.box } })).addBox;
  } else {
    answer = (await call(AddMask, { input: { ...where, rleMask: rleMask(prompt.counts) } })).addMask;
  }
  const isNew = markPrompted(objectId, frame);
  take(objectId, answer);
  if (isNew) await tellName(objectId);
}

/** Takes the masks that a change of an object's prompts left on a frame; what was tracked from there is stale. */
function take(objectId: number, answer: FramePartsFragment): void {
  masks.replace(answer.frameIndex, answer.rleMaskList.map((parts) => {
    const old = masks.get(answer.frameIndex, parts.objectId);
    const unchanged = old && old.counts === parts.rleMask.counts && old.source === parts.source;
    return unchanged ? old : maskOf(parts, old?.reverse ?? false);
  }));
  masks.markStale(objectId, answer.frameIndex);
  masksChanged();
}

/** Whether this was the object's first prompt. */
function markPrompted(objectId: number, frame: number): boolean {
  const prompted = page().objects.find((each) => each.objectId === objectId)?.promptedFrames ?? [];
  if (!prompted.includes(frame)) changeObject(objectId, { promptedFrames: [...prompted, frame].sort((a, b) => a - b) });
  return prompted.length === 0;
}

/** An object is known to the server from its first prompt on; a name given before waits for it here. */
async function tellName(objectId: number): Promise<void> {
  const name = page().objects.find((each) => each.objectId === objectId)?.name;
  if (name) await call(NameObject, { input: { sessionId: page().sessionId!, objectId, name } });
}
