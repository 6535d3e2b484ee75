import { call } from "../api/client";
import { Redo, Undo } from "../api/documents";
import type { RevertPartsFragment } from "../api/generated/graphql";
import { bitmapOf } from "../masks/mask";
import { dropSpecks, fillHoles } from "../masks/regions";
import { type Bitmap, encode } from "../masks/rle";
import { notify } from "../store/notices";
import { findObject, isPrompted, wasTracked } from "../store/selectors";
import { changeObject, getPage, masks, setPage } from "../store/store";
import { type Candidate, frameKey, type Prompt, withKey } from "../store/types";
import { loadHistory, nextRedo } from "./history";
import { loadFrames } from "./loadingMasks";
import { addObject, refreshObjects } from "./objects";
import { enqueue } from "./promptQueue";
import { clearPrompts, sendPrompt } from "./promptRequests";
import { stopTracking } from "./tracking";
import { cancelTraining, trainOn } from "./training";

/** Label 1 for the object, 0 for background; the point is relative to the frame. */
export function addPoint(point: [number, number], label: 0 | 1): Promise<void> {
  return submit({ kind: "points", points: [point], labels: [label] });
}

export function addBox(box: [number, number, number, number]): Promise<void> {
  return submit({ kind: "box", box });
}

export function addMask(bitmap: Bitmap): Promise<void> {
  return submit({ kind: "mask", counts: encode(bitmap) });
}

/** Fills the holes of the selected object's mask on this frame, or drops its specks. */
export function cleanMask(what: "holes" | "specks"): Promise<void> {
  const { selected, frame } = getPage();
  const mask = selected === null ? undefined : masks.get(frame, selected);
  if (!mask) {
    notify("stage", "The selected object has no mask on this frame.", "note");
    return Promise.resolve();
  }
  const before = bitmapOf(mask.rle);
  const after = what === "holes" ? fillHoles(before) : dropSpecks(before);
  if (after.data.every((value, at) => value === before.data[at])) {
    notify("stage", `The mask has no ${what}.`, "note");
    return Promise.resolve();
  }
  return addMask(after);
}

/** Makes the mask that another program made for an object on the current frame a prompt. */
export function takeImported(objectId: number): Promise<void> {
  const mask = masks.get(getPage().frame, objectId);
  if (mask?.source !== "IMPORTED") return Promise.resolve();
  setPage({ selected: objectId });
  return submit({ kind: "mask", counts: mask.rle.counts });
}

export function acceptCandidate({ adapterId, rleMask }: Candidate): Promise<void> {
  setPage({ hovered: null });
  return submit({ kind: "candidate", adapterId, counts: rleMask.counts });
}

export function clearFrame(): Promise<void> {
  const { selected, frame } = getPage();
  const isAbsent = selected !== null && masks.get(frame, selected)?.source === "ABSENT";
  if (selected === null || !(isAbsent || isPrompted(selected, frame))) return Promise.resolve();
  return enqueue(async () => {
    cancelTraining(selected, frame);
    await clearPrompts(selected, frame);
    const key = frameKey(selected, frame);
    setPage((state) => ({
      prompts: new Map(state.prompts).set(key, []),
      corrected: withKey(state.corrected, key, false),
      accepted: withKey(state.accepted, key, false),
      canUndo: true,
      canRedo: false,
    }));
  });
}

/** Undoes the latest change of the session, whichever client made it; what it trained goes with it. */
export function undo(): Promise<void> {
  const { selected, frame } = getPage();
  if (selected !== null) cancelTraining(selected, frame);
  return revert(async (sessionId) => {
    for (;;) {
      const { change } = (await call(Undo, { sessionId })).undo;
      // The training belongs to the correction before it.
      if (change?.kind !== "TRAINING") return change ?? null;
    }
  });
}

export function redo(): Promise<void> {
  return revert(async (sessionId) => {
    const { change } = (await call(Redo, { sessionId })).redo;
    while ((await nextRedo(sessionId)) === "TRAINING") await call(Redo, { sessionId });
    return change ?? null;
  });
}

/** Shows what was reverted, and reads it again. */
function revert(send: (sessionId: string) => Promise<RevertPartsFragment["change"]>): Promise<void> {
  if (!getPage().sessionId) return Promise.resolve();
  return enqueue(async () => {
    const { sessionId, video } = getPage();
    stopTracking();
    const change = await send(sessionId!);
    if (!change) return void (await loadHistory(sessionId!, false));
    const [objectId] = change.objectIds;
    const [range] = change.frames;
    if (range && change.frames.length === 1 && range.first === range.last) setPage({ frame: range.first });
    await refreshObjects();
    if (change.kind === "SET_LORA_MODE") return void (await loadHistory(sessionId!, false));
    if (objectId !== undefined && findObject(objectId)) setPage({ selected: objectId });
    const all = { first: 0, last: video!.frameCount - 1 };
    for (const { first, last } of change.frames.length ? change.frames : [all]) await loadFrames(sessionId!, first, last);
    await loadHistory(sessionId!, true);
  });
}

/** Sends a prompt for the selected object on the current frame; one on a tracked frame is a correction and trains. */
function submit(prompt: Prompt): Promise<void> {
  const objectId = getPage().selected ?? addObject();
  const { frame } = getPage();
  const pending = { objectId, frame, prompt };
  changeObject(objectId, { hidden: false });
  setPage((state) => ({ showMasks: true, pendingPrompts: [...state.pendingPrompts, pending] }));
  return enqueue(async () => {
    const corrects = wasTracked(objectId, frame);
    await sendPrompt(objectId, frame, prompt, corrects);
    const key = frameKey(objectId, frame);
    const before = getPage().prompts.get(key) ?? [];
    // Points add to the prompts before them; boxes, masks and candidates replace them.
    const after = prompt.kind === "points" ? [...before, prompt] : [prompt];
    setPage((state) => ({ prompts: new Map(state.prompts).set(key, after), canUndo: true, canRedo: false }));
    if (corrects) countCorrection(objectId, frame, prompt);
    // An empty mask says that the object is not there: there is nothing to learn.
    const isEmpty = masks.get(frame, objectId)?.source === "ABSENT";
    if (corrects && prompt.kind !== "candidate" && !isEmpty) trainOn(objectId, frame);
  }).finally(() => setPage((state) => ({ pendingPrompts: state.pendingPrompts.filter((each) => each !== pending) })));
}

function countCorrection(objectId: number, frame: number, prompt: Prompt): void {
  const key = frameKey(objectId, frame);
  const byHand = prompt.kind !== "candidate";
  setPage((state) => ({
    corrected: withKey(state.corrected, key, byHand),
    accepted: withKey(state.accepted, key, !byHand),
    suggested: withKey(state.suggested, key, false),
  }));
}
