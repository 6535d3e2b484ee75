import { call } from "../api/client";
import { ConfirmFrames, MarkAbsent, RemoveMasks, UnconfirmFrames } from "../api/documents";
import { clearNotice, notify } from "../store/notices";
import { displayName, findObject } from "../store/selectors";
import { getPage } from "../store/store";
import type { FrameRange } from "../store/types";
import { loadFrames } from "./loadingMasks";
import { refreshObjects } from "./objects";
import { enqueue } from "./promptQueue";

/** The frames that a change concerns: those marked on the timeline, or else the one that is shown. */
export function chosenFrames(): FrameRange {
  const { range, frame } = getPage();
  return range ?? { first: frame, last: frame };
}

/** Says that an object is not there, by default the selected one on the chosen frames. */
export function markAbsent(objectId = getPage().selected, frames = chosenFrames()): Promise<void> {
  const object = findObject(objectId);
  if (!object?.promptedFrames.length) {
    notify("stage", "Select an object that has a prompt: only one that was seen can be gone.", "note");
    return Promise.resolve();
  }
  return change(frames, async (sessionId) => {
    const { markAbsent } = await call(MarkAbsent, { input: { sessionId, objectId: object.objectId, ...frames } });
    if (markAbsent.kept.length) notify("stage", `${displayName(object)} keeps its masks on ${listed(markAbsent.kept)}: they are confirmed.`, "note");
  });
}

/** Removes the selected object's masks from the chosen frames; prompts stay. */
export function removeMasks(): Promise<void> {
  const { selected } = getPage();
  const frames = chosenFrames();
  if (selected === null) return Promise.resolve();
  return change(frames, async (sessionId) => {
    const [removed] = (await call(RemoveMasks, { input: { sessionId, objectIds: [selected], ...frames } })).removeMasks;
    if (removed?.kept.length) notify("stage", `Masks stay on ${listed(removed.kept)}: they are prompts, or confirmed.`, "note");
  });
}

/** Confirms masks as finished, which tracking then leaves as they are. */
export function confirmFrames(objectIds: number[], frames: FrameRange): Promise<void> {
  return change(frames, async (sessionId) => {
    await call(ConfirmFrames, { input: { sessionId, objectIds, ranges: [frames] } });
  });
}

export function unconfirmFrames(objectIds: number[], frames: FrameRange): Promise<void> {
  return change(frames, async (sessionId) => {
    await call(UnconfirmFrames, { input: { sessionId, objectIds, ranges: [frames] } });
  });
}

/** Confirms the selected object's masks on the chosen frames, or takes that back where all of them are confirmed. */
export function toggleConfirmed(): Promise<void> {
  const object = findObject(getPage().selected);
  if (!object) return Promise.resolve();
  const frames = chosenFrames();
  const isConfirmed = object.confirmedRanges.some(({ first, last }) => first <= frames.first && frames.last <= last);
  return (isConfirmed ? unconfirmFrames : confirmFrames)([object.objectId], frames);
}

function change({ first, last }: FrameRange, send: (sessionId: string) => Promise<void>): Promise<void> {
  return enqueue(async () => {
    clearNotice("stage");
    const sessionId = getPage().sessionId!;
    await send(sessionId);
    await loadFrames(sessionId, first, last);
    await refreshObjects();
  });
}

function listed(ranges: FrameRange[]): string {
  const texts = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`));
  return `frame${texts.length === 1 && !texts[0]!.includes("to") ? "" : "s"} ${texts.join(", ")}`;
}
