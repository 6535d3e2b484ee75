import { bitmapOf } from "../masks/mask";
import { dropSpecks, fillHoles } from "../masks/regions";
import { type Bitmap, encode } from "../masks/rle";
import { notify } from "../store/notices";
import { findObject, isPrompted, wasTracked } from "../store/selectors";
import { changeObject, getPage, masks, setPage } from "../store/store";
import { type Candidate, frameKey, type Prompt, type PromptChange, withKey } from "../store/types";
import { addObject } from "./objects";
import { enqueue } from "./promptQueue";
import { clearPrompts, sendPrompt } from "./promptRequests";
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
  if (selected === null || !isPrompted(selected, frame)) return Promise.resolve();
  return enqueue(async () => {
    const before = promptsOn(selected, frame);
    await replacePrompts(selected, frame, before, []);
    pushUndo({ objectId: selected, frame, before, after: [], corrects: false });
  });
}

export function undo(): Promise<void> {
  return enqueue(async () => {
    const change = getPage().undoStack.at(-1);
    if (!change) return;
    cancelTraining(change.objectId, change.frame);
    setPage({ frame: change.frame, selected: change.objectId });
    await replacePrompts(change.objectId, change.frame, change.after, change.before);
    setPage((state) => ({ undoStack: state.undoStack.slice(0, -1), redoStack: [...state.redoStack, change] }));
  });
}

export function redo(): Promise<void> {
  return enqueue(async () => {
    const change = getPage().redoStack.at(-1);
    if (!change) return;
    setPage({ frame: change.frame, selected: change.objectId });
    await replacePrompts(change.objectId, change.frame, change.before, change.after);
    if (change.corrects) countCorrection(change.objectId, change.frame, change.after.at(-1)!);
    setPage((state) => ({ redoStack: state.redoStack.slice(0, -1), undoStack: [...state.undoStack, change] }));
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
    const before = promptsOn(objectId, frame);
    const corrects = wasTracked(objectId, frame);
    await sendPrompt(objectId, frame, prompt, { corrects });
    // Points add to the prompts before them; boxes, masks and candidates replace them.
    const after = prompt.kind === "points" ? [...before, prompt] : [prompt];
    pushUndo({ objectId, frame, before, after, corrects });
    if (corrects) countCorrection(objectId, frame, prompt);
    if (corrects && prompt.kind !== "candidate") trainOn(objectId, frame);
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

/** An object's prompts on a frame. Where they are not known, from an earlier visit, the mask that they made replaces them. */
function promptsOn(objectId: number, frame: number): Prompt[] {
  const known = getPage().prompts.get(frameKey(objectId, frame));
  if (known) return known;
  const mask = masks.get(frame, objectId);
  return mask && isPrompted(objectId, frame) ? [{ kind: "mask", counts: mask.rle.counts }] : [];
}

function pushUndo(change: PromptChange): void {
  setPage((state) => ({ undoStack: [...state.undoStack, change], redoStack: [] }));
  setPrompts(change.objectId, change.frame, change.after);
}

function setPrompts(objectId: number, frame: number, prompts: Prompt[]): void {
  setPage((state) => ({ prompts: new Map(state.prompts).set(frameKey(objectId, frame), prompts) }));
}

/** Replaces the prompts `present` on a frame by `wanted`, with the same result as if `present` had never been sent. */
async function replacePrompts(objectId: number, frame: number, present: Prompt[], wanted: Prompt[]): Promise<void> {
  const added = wanted.at(-1);
  if (added && wanted.length === present.length + 1) {
    await sendPrompt(objectId, frame, added);
  } else {
    // clearOldPoints alone is not enough: the official predictor still refines the mask that is there.
    const isPromptedElsewhere = findObject(objectId)?.promptedFrames.some((prompted) => prompted !== frame);
    const hasNoOtherMask = masks.framesOf(objectId).every((other) => other === frame);
    if (wanted.length === 0 || isPromptedElsewhere || hasNoOtherMask) await clearPrompts(objectId, frame);
    for (const [index, prompt] of wanted.entries()) await sendPrompt(objectId, frame, prompt, { clearOldPoints: index === 0 });
  }
  setPrompts(objectId, frame, wanted);
  const key = frameKey(objectId, frame);
  if (wanted.length === 0) {
    setPage((state) => ({ corrected: withKey(state.corrected, key, false), accepted: withKey(state.accepted, key, false) }));
  }
}
